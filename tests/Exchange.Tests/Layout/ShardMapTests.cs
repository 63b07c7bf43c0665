using CsCheck;
using OrleansTrain.Exchange.Layout;
using OrleansTrain.Training;

namespace OrleansTrain.Exchange.Tests.Layout;

public sealed class ShardMapTests
{
    [Fact]
    public void ShardsAndChunksCoverTheBufferOnceInEqualParts() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 9], Gen.Int[1, 8]).Sample((units, shards, chunkUnits) =>
        {
            var map = new ShardMap(units * 16L, shards, chunkUnits * 16);
            long position = 0;
            for (var shard = 0; shard < shards; shard++)
            {
                Assert.Equal(position, map[shard].Start);
                Assert.InRange(map[shard].Length, units / shards * 16L, ((units / shards) + 1) * 16L);
                for (var chunk = 0; chunk < map.Chunks(shard); chunk++)
                {
                    var range = map.Chunk(shard, chunk);
                    Assert.Equal(position, range.Start);
                    Assert.Equal(0, range.Start % 16);
                    Assert.InRange(range.Length, 0, map.ChunkLength);
                    position = range.End;
                }
            }

            Assert.Equal(units * 16L, position);
        });

    [Fact]
    public void PiecesAreTheParametersWithoutThePadding() =>
        Gen.Select(Gen.Long[0, 60].Array[1, 12], Gen.Int[1, 5]).Where(p => p.Item1.Sum() > 0).Sample((lengths, chunkUnits) =>
        {
            var layout = ParameterLayout.Create(lengths.Select((length, i) => ($"p{i}", new[] { length })));
            var pieces = new PieceMap(layout);
            var map = new ShardMap(layout.Length, 1, chunkUnits * 16);
            var next = lengths.Select(_ => 0L).ToArray();
            for (var chunk = 0; chunk < map.Chunks(0); chunk++)
            {
                foreach (var piece in pieces.Pieces(map.Chunk(0, chunk)))
                {
                    Assert.Equal(next[piece.Slot], piece.SlotOffset);
                    Assert.Equal(layout.Slots[piece.Slot].Offset + piece.SlotOffset, piece.Start);
                    Assert.True(piece.Length > 0);
                    next[piece.Slot] += piece.Length;
                }
            }

            Assert.Equal(lengths, next);
        });
}
