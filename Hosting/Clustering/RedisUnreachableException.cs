namespace OrleansTrain.Hosting.Clustering;

/// <summary>Redis does not answer, or refuses. The message names the server without its password, and says what to do.</summary>
public sealed class RedisUnreachableException(RedisFault fault, Exception inner) : Exception($"{fault.Text}: {fault.Mend}.", inner);
