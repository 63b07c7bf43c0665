namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>What the embedded server answered.</summary>
internal sealed record Received(int Status, string ContentType, byte[] Body);
