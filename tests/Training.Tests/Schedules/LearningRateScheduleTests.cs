using OrleansTrain.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace OrleansTrain.Training.Tests.Schedules;

/// <summary>The learning rate of each step, against torch's own schedulers.</summary>
public sealed class LearningRateScheduleTests
{
    private const double Base = 0.3;
    private const long StepsPerEpoch = 4;
    private const long TotalSteps = 20;

    [Fact]
    public void StepIsTorchsStepLR()
    {
        var schedule = Create("step", ("step_size", 2), ("gamma", 0.7));
        var expected = Torch(optimizer => lr_scheduler.StepLR(optimizer, 2, 0.7), (int)(TotalSteps / StepsPerEpoch));
        for (var step = 0L; step < TotalSteps; step++)
        {
            Assert.Equal(expected[(int)(step / StepsPerEpoch)], schedule.At(step), 1e-12);
        }
    }

    [Fact]
    public void CosineIsTorchsCosineAnnealingLR()
    {
        var schedule = Create("cosine", ("min_lr", 0.01));
        var expected = Torch(optimizer => lr_scheduler.CosineAnnealingLR(optimizer, TotalSteps, eta_min: 0.01), (int)TotalSteps);
        Assert.All(Enumerable.Range(0, (int)TotalSteps), step => Assert.Equal(expected[step], schedule.At(step), 1e-12));
    }

    [Fact]
    public void LinearIsTorchsLinearLR()
    {
        var schedule = Create("linear", ("min_lr", 0.03));
        var expected = Torch(optimizer => lr_scheduler.LinearLR(optimizer, start_factor: 1, end_factor: 0.1, total_iters: (int)TotalSteps), (int)TotalSteps);
        Assert.All(Enumerable.Range(0, (int)TotalSteps), step => Assert.Equal(expected[step], schedule.At(step), 1e-12));
    }

    [Fact]
    public void WarmupRisesToTheScheduleInAStraightLine()
    {
        var plain = Create("cosine");
        var schedule = Create("cosine", ("warmup_steps", 4));

        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => schedule.At(step) / plain.At(step)));
    }

    [Fact]
    public void ConstantStaysAndDefaultsAreTorchs()
    {
        Assert.All([0L, 7L, TotalSteps - 1], step => Assert.Equal(Base, Create("constant").At(step)));
        Assert.Equal(Base * 0.1, Create("step").At(StepsPerEpoch), 1e-15);
        Assert.Equal(0, Create("linear").At(TotalSteps));
    }

    [Theory]
    [InlineData("exponential", null, 0, "schedule: expected one of constant, step, cosine, linear; found 'exponential'.")]
    [InlineData("constant", "gamma", 0.5, "gamma: schedule 'constant' has no such setting; it has warmup_steps.")]
    [InlineData("step", "step_size", 0, "step_size: expected a whole number of epochs, 1 or more; found 0.")]
    [InlineData("step", "step_size", 1.5, "step_size: expected a whole number of epochs, 1 or more; found 1.5.")]
    [InlineData("step", "gamma", -1, "gamma: expected a number above 0; found -1.")]
    [InlineData("cosine", "min_lr", 0.5, "min_lr: expected a number from 0 to the learning rate (0.3); found 0.5.")]
    [InlineData("linear", "warmup_steps", double.NaN, "warmup_steps: expected a whole number of steps, 0 or more; found NaN.")]
    public void WrongSettingsAreNamed(string name, string? key, double value, string expected)
    {
        var settings = key is null ? [] : new Dictionary<string, double> { [key] = value };
        var failure = Assert.Throws<ArgumentException>(() => LearningRateSchedule.Create(name, settings, Base, StepsPerEpoch, TotalSteps));
        Assert.Equal(expected, failure.Message);
    }

    private static LearningRateSchedule Create(string name, params (string Key, double Value)[] settings) => LearningRateSchedule.Create(
        name, settings.ToDictionary(setting => setting.Key, setting => setting.Value), Base, StepsPerEpoch, TotalSteps);

    private static List<double> Torch(Func<Optimizer, lr_scheduler.LRScheduler> create, int count)
    {
        using var parameter = new Parameter(zeros(1));
        using var optimizer = SGD([parameter], Base);
        var scheduler = create(optimizer);
        var rates = new List<double>();
        for (var i = 0; i < count; i++)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            scheduler.step();
        }

        return rates;
    }
}
