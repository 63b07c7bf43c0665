namespace OrleansTrain.Tracking.Artifacts;

/// <summary>Chooses how a run's artifacts are reached, by what its artifact URI says.</summary>
internal sealed class ArtifactRouter(IReadOnlyList<IArtifactTransport> transports)
{
    public (IArtifactTransport Transport, Uri Root) For(MlflowRunInfo run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!Uri.TryCreate(run.ArtifactUri, UriKind.Absolute, out var root))
        {
            throw new MlflowException(
                $"The run {run.RunId} has the artifact URI '{run.ArtifactUri}', which is not absolute: fetch the run from the server again.");
        }

        var transport = transports.FirstOrDefault(candidate => candidate.Scheme == root.Scheme)
            ?? throw new MlflowException(
                $"The artifacts of run {run.RunId} are at '{root.Scheme}:' addresses, which cannot be reached from here; supported: "
                + $"{string.Join(", ", transports.Select(candidate => candidate.Scheme + ":"))}. "
                + "Start MLflow with --serve-artifacts, or with an s3:// artifact root.");
        return (transport, root);
    }
}
