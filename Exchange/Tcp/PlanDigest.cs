using System.Security.Cryptography;
using System.Text;
using OrleansTrain.Exchange.Sessions;

namespace OrleansTrain.Exchange.Tcp;

/// <summary>A fingerprint of what all silos of an attempt must agree on: two that differ would add up apples and pears.</summary>
internal static class PlanDigest
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    public static byte[] Compute(SessionShape shape)
    {
        var plan = shape.Plan;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(plan.RunId);
        writer.Write(plan.Attempt);
        writer.Write((int)plan.Mode);
        writer.Write((int)plan.GradientWire);
        writer.Write(plan.FirstStep);
        writer.Write(shape.Shards.ChunkLength);
        foreach (var silo in plan.Silos)
        {
            writer.Write(silo.Ranks.Count);
            silo.Ranks.Order().ToList().ForEach(writer.Write);
        }

        foreach (var slot in plan.Layout.Slots)
        {
            writer.Write(slot.Name);
            writer.Write(slot.Shape.Length);
            Array.ForEach(slot.Shape, writer.Write);
        }

        writer.Write(plan.Optimizer.Name);
        foreach (var (key, value) in plan.Optimizer.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(key);
            writer.Write(value);
        }

        writer.Flush();
        return SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
