namespace OrleansTrain.Training.Schedules;

/// <summary>
/// <c>torch.optim.lr_scheduler.LinearLR</c> from factor 1 to <paramref name="least"/> / base, stepped every step: a straight line.
/// </summary>
internal sealed class LinearDecay(double baseRate, long steps, double least) : LearningRateSchedule
{
    public override double At(long step) => baseRate + ((least - baseRate) * Math.Min(step, steps) / steps);
}
