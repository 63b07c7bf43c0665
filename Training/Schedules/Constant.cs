namespace OrleansTrain.Training.Schedules;

/// <summary>The base learning rate throughout.</summary>
internal sealed class Constant(double baseRate) : LearningRateSchedule
{
    public override double At(long step) => baseRate;
}
