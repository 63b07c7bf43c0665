namespace OrleansTrain.Data.Tests.Storage;

/// <summary>Cannot be rewound: a store can only take it as it comes.</summary>
internal class OnceReadStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;
}
