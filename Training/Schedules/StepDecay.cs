namespace OrleansTrain.Training.Schedules;

/// <summary><c>torch.optim.lr_scheduler.StepLR</c>, stepped once an epoch: times gamma every <paramref name="epochs"/> epochs.</summary>
internal sealed class StepDecay(double baseRate, long stepsPerEpoch, long epochs, double gamma) : LearningRateSchedule
{
    public override double At(long step) => baseRate * Math.Pow(gamma, step / stepsPerEpoch / epochs);
}
