using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Specs;

namespace OrleansTrain.Client.Tests.Specs;

public class SpecRefusalTests
{
    private const string Keys = "Keys: task, experiment, run_name, ranks, device, epochs, batch_size_per_rank, optimizer, learning_rate, schedule, "
        + "seed, data_seed, dataset, format, format.label, format.channels, format.width, format.height, format.most_pixels, format.header, format.delimiter, "
        + "format.types, format.columns, format.splits, shuffle, drop_last, checkpoint_every, keep_checkpoints, checkpoint_metric, max_failures, step_timeout, threads_per_rank, "
        + "exchange, overlap, gradient_wire_dtype, validate_every, validation_share, log_every_steps, preprocess, trace_wait, trace_active, on_error, checkpoint_uri, momentum, dampening, weight_decay, nesterov, beta1, beta2, eps, "
        + "amsgrad, alpha, centered, lr_decay, initial_accumulator_value, rho, momentum_decay, lambd, t0, etaminus, etaplus, min_step, max_step, "
        + "step_size, gamma, warmup_steps, min_lr, params.NAME";

    [Theory]
    [InlineData("ranks=0", "ranks must be a whole number from 1 to 4096; found '0' (--set ranks)")]
    [InlineData("ranks=-2", "ranks must be a whole number from 1 to 4096; found '-2' (--set ranks)")]
    [InlineData("ranks=two", "ranks must be a whole number from 1 to 4096; found 'two' (--set ranks)")]
    [InlineData("ranks=1.5", "ranks must be a whole number from 1 to 4096; found '1.5' (--set ranks)")]
    [InlineData("epochs=0", "epochs must be a whole number from 1 to 1000000; found '0' (--set epochs)")]
    [InlineData("batch_size_per_rank=0", "batch_size_per_rank must be a whole number from 1 to 1000000; found '0' (--set batch_size_per_rank)")]
    [InlineData("learning_rate=nan", "learning_rate must be a number above 0; found 'nan' (--set learning_rate)")]
    [InlineData("learning_rate=NaN", "learning_rate must be a number above 0; found 'NaN' (--set learning_rate)")]
    [InlineData("learning_rate=Infinity", "learning_rate must be a number above 0; found 'Infinity' (--set learning_rate)")]
    [InlineData("learning_rate=1e999", "learning_rate must be a number above 0; found '1e999' (--set learning_rate)")]
    [InlineData("learning_rate=0", "learning_rate must be a number above 0; found '0' (--set learning_rate)")]
    [InlineData("learning_rate=-0.1", "learning_rate must be a number above 0; found '-0.1' (--set learning_rate)")]
    [InlineData("momentum=-1", "momentum must be a number of at least 0; found '-1' (--set momentum)")]
    [InlineData("seed=-1", "seed must be a whole number of at least 0; found '-1' (--set seed)")]
    [InlineData("seed=9223372036854775808", "seed must be a whole number of at least 0; found '9223372036854775808' (--set seed)")]
    [InlineData("device=gpu", "device must be one of auto, cpu, cuda; found 'gpu' (--set device)")]
    [InlineData("schedule=warm", "schedule must be one of constant, cosine, linear, step; found 'warm' (--set schedule)")]
    [InlineData("shuffle=yes", "shuffle must be one of global, window, none; found 'yes' (--set shuffle)")]
    [InlineData("drop_last=1", "drop_last must be true or false; found '1' (--set drop_last)")]
    [InlineData("checkpoint_every=0", "checkpoint_every must be 'epoch', a number of steps like 500, or a time like 30s, 10m, 1h; found '0' (--set checkpoint_every)")]
    [InlineData("checkpoint_every=-5m", "checkpoint_every must be 'epoch', a number of steps like 500, or a time like 30s, 10m, 1h; found '-5m' (--set checkpoint_every)")]
    [InlineData("step_timeout=0", "step_timeout must be a time like 60s or 5m, at most 30 days; found '0' (--set step_timeout)")]
    [InlineData("step_timeout=inf", "step_timeout must be a time like 60s or 5m, at most 30 days; found 'inf' (--set step_timeout)")]
    [InlineData("max_failures=-2", "max_failures must be a whole number from -1 to 1000000; found '-2' (--set max_failures)")]
    [InlineData("exchange=udp", "exchange must be one of auto, inproc, shm, tcp, orleans, none; found 'udp' (--set exchange)")]
    [InlineData("format=tiff", "format must be one of auto, packed, idx, images, csv, jsonl, parquet, webdataset; found 'tiff' (--set format)")]
    [InlineData("format.channels=2", "format.channels must be 0, 1 or 3; found '2' (--set format.channels)")]
    [InlineData("format.width=-1", "format.width must be a whole number of at least 0; found '-1' (--set format.width)")]
    [InlineData("validation_share=1", "validation_share must be a number from 0 to below 1; found '1' (--set validation_share)")]
    [InlineData("gradient_wire_dtype=bfloat16", "gradient_wire_dtype (--set gradient_wire_dtype) is for gradients on a wire, and exchange shm has none: choose auto, tcp or orleans", "exchange=shm")]
    [InlineData("gradient_wire_dtype=fp8", "gradient_wire_dtype must be one of float32, bfloat16; found 'fp8' (--set gradient_wire_dtype)")]
    [InlineData("validation_share=0.1", "validation_share (--set validation_share) holds records out that nothing would see: set validate_every, for example to 1")]
    [InlineData("on_error=ignore", "on_error must be one of fail, skip; found 'ignore' (--set on_error)")]
    [InlineData("dataset=mnist", "dataset must be s3://BUCKET/PREFIX (bucket: 3 to 63 of a-z, 0-9, -, .) or file:///FOLDER; found 'mnist' (--set dataset)")]
    [InlineData("dataset=s3://a:b@c/d", "dataset must be s3://BUCKET/PREFIX (bucket: 3 to 63 of a-z, 0-9, -, .) or file:///FOLDER; found 's3://a:b@c/d' (--set dataset)")]
    [InlineData("dataset=s3://bucket/../c", "dataset must be s3://BUCKET/PREFIX (bucket: 3 to 63 of a-z, 0-9, -, .) or file:///FOLDER; found 's3://bucket/../c' (--set dataset)")]
    [InlineData("checkpoint_metric=accuracy", "checkpoint_metric must be min:METRIC or max:METRIC, like max:test_accuracy; found 'accuracy' (--set checkpoint_metric)")]
    [InlineData("experiment= ", "experiment must be 1 to 250 printable characters; found ' ' (--set experiment)")]
    [InlineData("nesterov=true", "nesterov (--set nesterov) needs a momentum above 0 and a dampening of 0", "momentum=0")]
    [InlineData("momentum=0.9", "momentum (--set momentum) is no setting of optimizer adam; its settings are: beta1, beta2, eps, weight_decay, amsgrad", "optimizer=adam")]
    [InlineData("gamma=0.9", "gamma (--set gamma) is no setting of schedule cosine; its settings are: warmup_steps, min_lr", "schedule=cosine")]
    [InlineData("min_lr=1", "min_lr must be at most learning_rate, 0.025; found '1' (--set min_lr)", "schedule=cosine")]
    [InlineData("params.depth=3", "task mnist has no parameter 'depth' (--set params.depth). Parameters: none")]
    [InlineData("rank=3", "'rank' is no key of a spec (--set rank); did you mean 'ranks'? " + Keys)]
    [InlineData("batch_size=3", "'batch_size' is no key of a spec (--set batch_size); did you mean 'batch_size_per_rank'? " + Keys)]
    [InlineData("zzz=3", "'zzz' is no key of a spec (--set zzz). " + Keys)]
    public void OneLineNamesTheKeyAndWhatIsAllowed(string flag, string message, string? other = null)
    {
        string[] flags = other is null ? ["task=mnist", flag] : ["task=mnist", other, flag];

        var refused = Assert.Throws<UsageException>(() => SpecBuilderTests.Build(flags: flags));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void OptimizersAreNamed()
    {
        var refused = Assert.Throws<UsageException>(() => SpecBuilderTests.Build(flags: ["task=mnist", "optimizer=sdg"]));

        Assert.StartsWith("optimizer must be one of adadelta, adagrad, adam,", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("found 'sdg' (--set optimizer)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mnits", "there is no task 'mnits' (--set task); did you mean 'mnist'? Tasks: mnist, mnist-cnn")]
    [InlineData("resnet", "there is no task 'resnet' (--set task). Tasks: mnist, mnist-cnn")]
    public void AnUnknownTaskIsRefusedWithTheNearest(string task, string message)
    {
        var refused = Assert.Throws<UsageException>(() => SpecBuilderTests.Build(flags: [$"task={task}"]));

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public void AMissingTaskIsRefused()
    {
        var refused = Assert.Throws<UsageException>(() => SpecBuilderTests.Build(yaml: "ranks: 2"));

        Assert.Equal("no task is named. Tasks: mnist, mnist-cnn", refused.Message);
    }

    [Fact]
    public void AParameterThatTheTaskLacksIsRefusedWithTheNearest()
    {
        var refused = Assert.Throws<UsageException>(() => SpecBuilderTests.Build(flags: ["task=mnist-cnn", "params.droput=0.1"]));

        Assert.Equal(
            "task mnist-cnn has no parameter 'droput' (--set params.droput); did you mean 'dropout'? Parameters: dropout, hidden", refused.Message);
    }

    [Fact]
    public void TheSameKeyTwiceInALayerIsRefused()
    {
        var layer = new SpecLayer();
        layer.Add("momentum", "0.5", "--momentum");

        var refused = Assert.Throws<UsageException>(() => layer.Add("optimizer.momentum", "0.9", "--set optimizer.momentum"));

        Assert.Equal("optimizer.momentum is given twice: by --momentum and by --set optimizer.momentum", refused.Message);
    }
}
