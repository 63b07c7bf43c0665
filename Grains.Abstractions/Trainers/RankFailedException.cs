namespace OrleansTrain.Grains.Abstractions.Trainers;

/// <summary>A rank could not do what it was told. The message is fit for the user.</summary>
[GenerateSerializer, Alias("OrleansTrain.RankFailedException")]
public sealed class RankFailedException : Exception
{
    public RankFailedException(RankFailure failure)
        : base(failure.Message)
    {
        Failure = failure;
    }

    /// <summary>The failure as the rank saw it.</summary>
    [Id(0)]
    public RankFailure Failure { get; }
}
