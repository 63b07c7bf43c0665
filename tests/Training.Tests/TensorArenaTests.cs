using System.Runtime.InteropServices;
using OrleansTrain.Training.Native;
using TorchSharp;

namespace OrleansTrain.Training.Tests;

public sealed class TensorArenaTests : IDisposable
{
    private const int Elements = 5000;
    private const int Bytes = Elements * sizeof(float);

    private readonly nint _memory = Allocate();

    public void Dispose()
    {
        TensorArena.Leave();
        Free(_memory);
    }

    [Fact]
    public async Task A_tensor_of_the_size_of_a_block_lies_in_it_until_it_is_freed()
    {
        var arena = Arena(Bytes, Bytes);

        arena.Enter();
        using (var first = torch.ones(Elements))
        using (var second = torch.ones(Elements))
        using (var third = torch.ones(Elements))
        {
            Assert.Equal([0, TensorArena.PaddedSize(Bytes)], [Offset(first), Offset(second)]);
            Assert.False(IsInside(third));
            Assert.Equal(1, FirstBlock()[Elements - 1]);
            first.Dispose();
            using var next = torch.zeros(Elements);
            Assert.Equal(0, Offset(next));
            Assert.Equal(1, second.data<float>()[Elements - 1]);
        }

        TensorArena.Leave();
        await arena.Retire().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Other_sizes_other_threads_and_those_who_left_get_no_block()
    {
        var arena = Arena(Bytes);

        arena.Enter();
        using var smaller = torch.ones(Elements - 1);
        using var larger = torch.ones(Elements + 1);
        using var elsewhere = await Task.Factory.StartNew(() => torch.ones(Elements), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        TensorArena.Leave();
        using var later = torch.ones(Elements);

        Assert.DoesNotContain(new[] { smaller, larger, elsewhere, later }, IsInside);
        await arena.Retire().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_memory_is_released_when_the_last_tensor_of_a_retired_arena_is_gone()
    {
        var arena = Arena(Bytes, Bytes);
        arena.Enter();
        var kept = torch.ones(Elements);
        Assert.Equal(0, Offset(kept));

        var unused = arena.Retire();
        using var late = torch.ones(Elements);

        Assert.False(IsInside(late));
        Assert.False(unused.IsCompleted);
        kept.Dispose();
        await unused.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Autograd_writes_a_gradient_where_its_size_has_a_block()
    {
        using var layer = torch.nn.Linear(50, 100);
        using var input = torch.ones(4, 50);
        var arena = Arena(Bytes);

        arena.Enter();
        using var loss = layer.forward(input).sum();
        loss.backward();
        TensorArena.Leave();

        using (var gradient = layer.weight!.grad!)
        {
            Assert.Equal(0, Offset(gradient));
            Assert.All(FirstBlock(), value => Assert.Equal(4, value));
        }

        layer.weight.grad = null;
        await arena.Retire().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_libtorch_cannot_allocate_is_its_own_error()
    {
        var arena = Arena(Bytes);
        arena.Enter();

        var error = Assert.ThrowsAny<Exception>(() => torch.empty(1L << 50));

        Assert.Contains("memory", error.Message, StringComparison.Ordinal);
        await arena.Retire().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Many_threads_take_and_give_back_at_once()
    {
        var arena = Arena([.. Enumerable.Repeat((long)Bytes, 8)]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                arena.Enter();
                for (var round = 0; round < 500; round++)
                {
                    using var mine = torch.full(Elements, (float)((worker * 1000) + round));
                    using var check = mine.eq((float)((worker * 1000) + round)).all();
                    Assert.True(check.item<bool>());
                }

                TensorArena.Leave();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        await arena.Retire().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private TensorArena Arena(params long[] sizes) => new(_memory, sizes);

    private bool IsInside(torch.Tensor tensor) => Offset(tensor) is >= 0 and < 1 << 20;

    private long Offset(torch.Tensor tensor) => HostPointer.Of(tensor) - _memory;

    private static unsafe nint Allocate() => (nint)NativeMemory.AlignedAlloc(1 << 20, TensorArena.Alignment);

    private static unsafe void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);

    private float[] FirstBlock()
    {
        var values = new float[Elements];
        Marshal.Copy(_memory, values, 0, Elements);
        return values;
    }
}
