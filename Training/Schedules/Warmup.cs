namespace OrleansTrain.Training.Schedules;

/// <summary>
/// Rises in a straight line over the first <paramref name="steps"/> steps, from 1/<paramref name="steps"/> of what
/// <paramref name="inner"/> says to all of it.
/// </summary>
internal sealed class Warmup(LearningRateSchedule inner, long steps) : LearningRateSchedule
{
    public override double At(long step) => step < steps ? inner.At(step) * (step + 1) / steps : inner.At(step);
}
