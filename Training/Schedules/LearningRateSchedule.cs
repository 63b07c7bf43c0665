namespace OrleansTrain.Training.Schedules;

/// <summary>The learning rate of every step of a run, a function of the step alone: a resumed run continues where it was. Immutable.</summary>
public abstract partial class LearningRateSchedule
{
    /// <summary>The learning rate of a global step, from 0.</summary>
    public abstract double At(long step);
}
