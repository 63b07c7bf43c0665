namespace OrleansTrain.Tracking.Server.Http;

/// <summary>A request to the API, with its body read.</summary>
internal sealed record IncomingRequest(string Method, QueryValues Query, string? ContentType, ReadOnlyMemory<byte> Body);
