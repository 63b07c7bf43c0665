namespace OrleansTrain.Data.Order;

/// <summary>How the records of an epoch are ordered.</summary>
public enum ShuffleMode
{
    /// <summary>As they are stored.</summary>
    None,

    /// <summary>Blocks as they are stored; records at random within a window of blocks.</summary>
    Window,

    /// <summary>Blocks at random, then records at random within a window of them. A dataset that fits one window is shuffled wholly.</summary>
    Global,
}
