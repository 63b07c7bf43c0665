using OrleansTrain.Training.Replicas;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Replicas;

/// <summary>A rank's model and the flat buffer.</summary>
[Collection(nameof(GlobalDrawsTests))]
public sealed class ModelReplicaTests
{
    [Fact]
    public void EveryRankMakesTheSameModelOfASeed()
    {
        var task = new TestTask(_ => nn.Linear(6, 3));
        using var first = Create(task, rank: 0);
        using var second = Create(task, rank: 1);
        using var other = Create(task, rank: 0, seed: 2);

        Assert.Equal(WeightsHash.Compute(first.Model), WeightsHash.Compute(second.Model));
        Assert.NotEqual(WeightsHash.Compute(first.Model), WeightsHash.Compute(other.Model));
    }

    [Fact]
    public void ParametersAreViewsOfTheBuffer()
    {
        using var replica = Create(new TestTask(_ => nn.Linear(6, 3)));
        using var other = Create(new TestTask(_ => nn.Linear(6, 3)), rank: 1, seed: 2);
        using var flat = zeros(replica.Layout.Length);
        var before = WeightsHash.Compute(replica.Model);
        replica.CopyValuesTo(flat);
        replica.Bind(flat);
        other.Bind(flat);

        Assert.Equal(before, WeightsHash.Compute(replica.Layout, flat));
        flat.fill_(3);
        foreach (var parameter in replica.Model.parameters().Concat(other.Model.parameters()))
        {
            Assert.Equal(3, parameter.mean().item<float>());
            Assert.True(parameter.requires_grad);
        }
    }

    [Fact]
    public unsafe void GradientsAreAutogradsOwn()
    {
        using var replica = Bound(Create(new TestTask(_ => nn.Linear(6, 3))));
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        var loss = replica.ForwardBackward(batch, out var gradients);

        Assert.True(double.IsFinite(loss));
        Assert.Equal(["weight", "bias"], replica.Layout.Slots.Select(slot => slot.Name));
        var parameters = replica.Model.parameters().ToArray();
        for (var i = 0; i < parameters.Length; i++)
        {
            var expected = parameters[i].grad!.bytes;
            Assert.True(expected.SequenceEqual(new ReadOnlySpan<byte>((void*)gradients[i], expected.Length)));
        }
    }

    [Fact]
    public void GradientsDoNotAddUpOverSteps()
    {
        using var replica = Bound(Create(new TestTask(_ => nn.Linear(6, 3))));
        using var batch = TestTask.Batch(6, 3);
        var sums = new List<float>();
        for (var step = 0; step < 2; step++)
        {
            using var scope = NewDisposeScope();
            replica.ForwardBackward(batch, out _);
            sums.Add(replica.Model.parameters().First().grad!.sum().item<float>());
        }

        Assert.Equal(sums[0], sums[1]);
    }

    [Fact]
    public unsafe void AGradientThatIsNotContiguousIsCopiedAndOutlivesTheScopeOfItsStep()
    {
        using var replica = Bound(Create(new TestTask(_ => new Transposed())));
        using var batch = TestTask.Batch(6, 3);
        ReadOnlySpan<nint> gradients;
        byte[] expected;
        using (NewDisposeScope())
        {
            replica.ForwardBackward(batch, out gradients);
            expected = replica.Model.parameters().Single().grad!.contiguous().bytes.ToArray();
        }

        // Whatever was freed with the scope is given out again.
        using var others = NewDisposeScope();
        for (var i = 0; i < 100; i++)
        {
            full(expected.Length / sizeof(float), -1f);
        }

        Assert.Equal(expected, new ReadOnlySpan<byte>((void*)gradients[0], expected.Length).ToArray());
    }

    [Fact]
    public void CopiesOfGradientsDoNotPileUp()
    {
        using var replica = Bound(Create(new TestTask(_ => new Transposed())));
        using var batch = TestTask.Batch(6, 3);
        var alive = new List<long>();
        for (var step = 0; step < 4; step++)
        {
            using (NewDisposeScope())
            {
                replica.ForwardBackward(batch, out _);
            }

            alive.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Single(alive.Distinct());
    }

    [Fact]
    public void AParameterWithoutGradientIsNamed()
    {
        using var replica = Bound(Create(new TestTask(_ => new Unused())));
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        var failure = Assert.Throws<ModelException>(() => replica.ForwardBackward(batch, out _));
        Assert.Contains("'unused.weight'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "'weight' is Float64")]
    [InlineData(true, "'weight' does not require a gradient")]
    public void AParameterThatCannotBeTrainedIsNamed(bool frozen, string expected)
    {
        var task = new TestTask(_ =>
        {
            var model = nn.Linear(6, 3, dtype: frozen ? ScalarType.Float32 : ScalarType.Float64);
            model.weight.requires_grad = !frozen;
            return model;
        });

        var failure = Assert.Throws<ModelException>(() => Create(task));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALossThatIsNotFiniteHasNoGradients()
    {
        using var replica = Bound(Create(new TestTask(_ => nn.Linear(6, 3))));
        using var batch = TestTask.Batch(6, 3);
        batch.Inputs.fill_(float.PositiveInfinity);
        using var scope = NewDisposeScope();
        var loss = replica.ForwardBackward(batch, out var gradients);

        Assert.False(double.IsFinite(loss));
        Assert.True(gradients.IsEmpty);
    }

    public static TheoryData<string> Losses => ["as it is", "one element", "in the middle of others", "double"];

    [Theory]
    [MemberData(nameof(Losses))]
    public void TheLossIsReadWhereverItLies(string kind)
    {
        var item = 0d;
        using var replica = Bound(Create(new TestTask(_ => nn.Linear(6, 3))
        {
            Reshape = loss =>
            {
                item = loss.item<float>();
                return kind switch
                {
                    "one element" => loss.reshape(1, 1),
                    "in the middle of others" => stack([loss + 1, loss, loss - 1]).narrow(0, 1, 1),
                    "double" => loss.to(ScalarType.Float64),
                    _ => loss,
                };
            },
        }));
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();

        var loss = replica.ForwardBackward(batch, out _);
        Assert.Equal(item, loss);
    }

    [Fact]
    public void ALossOfSeveralElementsIsRefused()
    {
        using var replica = Bound(Create(new TestTask(_ => nn.Linear(6, 3)) { Reshape = loss => stack([loss, loss]) }));
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();

        var failure = Assert.Throws<ModelException>(() => replica.ForwardBackward(batch, out _));
        Assert.Contains("expected the loss to be a scalar, found shape [2]", failure.Message, StringComparison.Ordinal);
    }

    private static ModelReplica Create(TestTask task, int rank = 0, long seed = 1) =>
        ModelReplica.Create(task, TestTask.Context(new RankRandom(seed, rank), rank, seed));

    private static ModelReplica Bound(ModelReplica replica)
    {
        var flat = zeros(replica.Layout.Length);
        replica.CopyValuesTo(flat);
        replica.Bind(flat);
        return replica;
    }

    private sealed class Unused : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _used = nn.Linear(6, 3);

        public Unused()
            : base(nameof(Unused))
        {
            register_module("used", _used);
            register_module("unused", nn.Linear(2, 2));
        }

        public override Tensor forward(Tensor input) => _used.forward(input);
    }

    private sealed class Transposed : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _weight = new(randn(6, 3));

        public Transposed()
            : base(nameof(Transposed)) => register_parameter("weight", _weight);

        // Autograd's own gradients lie as their parameters do; what it adds to stays as it is.
        public override Tensor forward(Tensor input)
        {
            _weight.grad = zeros(3, 6).t();
            return input.mm(_weight);
        }
    }
}
