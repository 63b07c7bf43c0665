using OpenTelemetry.Trace;

namespace OrleansTrain.Hosting.Telemetry;

/// <summary>A trace begins with a command of a user. Grains that ask each other how far they are, twice a second, are none.</summary>
internal sealed class CommandSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
        samplingParameters.Name.StartsWith("orleanstrain ", StringComparison.Ordinal) ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}
