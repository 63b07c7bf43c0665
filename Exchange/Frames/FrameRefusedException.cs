namespace OrleansTrain.Exchange.Frames;

/// <summary>A frame is not what the exchange is waiting for.</summary>
internal sealed class FrameRefusedException(string message) : Exception(message);
