using OrleansTrain.Grains.Abstractions.Trainers;

namespace OrleansTrain.Grains.Runs;

/// <summary>How fast an attempt is, from successive polls of its ranks.</summary>
internal sealed class RunSpeed
{
    // Long enough to smooth over polls, short enough to show a stall within seconds.
    private const double HalfLifeSeconds = 2;

    private double _seconds;
    private long _step;

    /// <summary>Samples a second over all ranks, lately.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>Seconds the attempt has spent taking steps.</summary>
    public double Seconds => _seconds;

    public void Update(RankProgress slowest, int samplesPerStep)
    {
        var elapsed = slowest.Seconds - _seconds;
        var steps = slowest.Step - _step;
        if (elapsed <= 0)
        {
            return;
        }

        if (_seconds > 0)
        {
            var rate = steps * samplesPerStep / elapsed;
            var keep = SamplesPerSecond == 0 ? 0 : Math.Pow(0.5, elapsed / HalfLifeSeconds);
            SamplesPerSecond = (SamplesPerSecond * keep) + (rate * (1 - keep));
        }

        _seconds = slowest.Seconds;
        _step = slowest.Step;
    }
}
