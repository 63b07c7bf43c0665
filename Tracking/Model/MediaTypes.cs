namespace OrleansTrain.Tracking;

/// <summary>Content types of artifacts that a training run writes.</summary>
public static class MediaTypes
{
    public const string Binary = "application/octet-stream";
    public const string Json = "application/json";
    public const string Png = "image/png";
    public const string Text = "text/plain";
}
