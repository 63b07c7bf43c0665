
namespace OrleansTrain.Hosting;

/// <summary>A way to the grains: of a silo in this process, or of a cluster elsewhere. Disposing it stops or leaves.</summary>
public interface IClusterSession : IAsyncDisposable
{
    /// <summary>The grains.</summary>
    IGrainFactory Grains { get; }

    /// <summary>The silo is in this process.</summary>
    bool IsEmbedded { get; }

    /// <summary>The tracking server that runs are written to, without credentials; empty when the silos know it and the client does not.</summary>
    string TrackingUri { get; }
}
