namespace OrleansTrain.Tracking;

/// <summary>Reaches artifacts at one kind of address. Implementations are safe to use from several threads.</summary>
public interface IArtifactTransport
{
    /// <summary>Scheme of the artifact URIs served, for example <c>s3</c>.</summary>
    string Scheme { get; }

    /// <summary>What lies directly in a folder, with paths relative to <paramref name="root"/>; empty when it does not exist.</summary>
    /// <param name="root">The run's artifact URI.</param>
    /// <param name="path">Relative to the root, checked; empty for the root itself.</param>
    Task<IReadOnlyList<MlflowArtifact>> ListAsync(Uri root, string path, CancellationToken cancellationToken);

    /// <summary>Writes one artifact, all or nothing, replacing an older one.</summary>
    Task UploadAsync(Uri root, string path, Stream content, string contentType, CancellationToken cancellationToken);

    Task DownloadAsync(Uri root, string path, Stream destination, CancellationToken cancellationToken);
}
