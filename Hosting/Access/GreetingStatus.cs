namespace OrleansTrain.Hosting.Access;

/// <summary>What the accepting end answers.</summary>
internal enum GreetingStatus : byte
{
    /// <summary>Come in.</summary>
    Welcome = 0,

    /// <summary>It is a silo of another cluster: an address that was used before.</summary>
    OtherCluster = 1,

    /// <summary>It runs another version.</summary>
    OtherVersion = 2,

    /// <summary>It asks for a secret, and the connecting end has none.</summary>
    SecretNeeded = 3,

    /// <summary>It has no secret, and the connecting end asks for one.</summary>
    NoSecretHere = 4,

    /// <summary>The connecting end has another secret.</summary>
    OtherSecret = 5,
}
