using System.Collections.Concurrent;

namespace OrleansTrain.Exchange.Messages;

/// <summary>The open message channels of a silo, by who sends: where arriving messages are handed in. Thread-safe.</summary>
internal sealed class MessageDesk
{
    private readonly ConcurrentDictionary<Key, MessageChannel> _channels = new();

    /// <summary>Lets messages of the other silo of a channel in.</summary>
    public void Add(MessageChannel channel) => _channels[Of(channel)] = channel;

    /// <summary>Lets them in no more.</summary>
    public void Remove(MessageChannel channel) => _channels.TryRemove(new(Of(channel), channel));

    /// <summary>The channel that waits for messages of silo <paramref name="from"/>.</summary>
    /// <exception cref="StaleAttemptException">There is none: the attempt has ended here, or another one has replaced it.</exception>
    public MessageChannel Find(string runId, int attempt, int from, int to) =>
        _channels.TryGetValue(new Key(runId, attempt, from, to), out var channel)
            ? channel
            : throw new StaleAttemptException($"Run {runId}, attempt {attempt}: this silo has no session open that takes frames of silo {from} for shard {to}.");

    private static Key Of(MessageChannel channel) => new(channel.Plan.RunId, channel.Plan.Attempt, channel.Peer, channel.Plan.Self);

    private readonly record struct Key(string RunId, int Attempt, int From, int To);
}
