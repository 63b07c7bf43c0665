namespace OrleansTrain.Training.Schedules;

/// <summary>
/// <c>torch.optim.lr_scheduler.CosineAnnealingLR</c> with <c>T_max</c> = <paramref name="steps"/>, stepped every step:
/// half a cosine from the base rate to <paramref name="least"/>.
/// </summary>
internal sealed class CosineDecay(double baseRate, long steps, double least) : LearningRateSchedule
{
    public override double At(long step) => least + ((baseRate - least) * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2);
}
