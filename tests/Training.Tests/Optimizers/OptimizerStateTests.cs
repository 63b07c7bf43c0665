using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Training.Tests.Optimizers;

/// <summary>Where the arrays of an optimizer's state lie.</summary>
public sealed unsafe class OptimizerStateTests
{
    private const int Length = 32;

    [Fact]
    public void MovedStateIsReadAndWrittenWhereItIsNow()
    {
        using var state = new OptimizerState(Length, ["first", "second"]);
        using var memory = new NativeFloats(2 * Length);
        Whole(state["first"], Length).Fill(1);
        Whole(state["second"], Length).Fill(2);
        Whole(memory.Pointer, 2 * Length).Fill(9);

        state.Move(memory.Pointer, offset: 16, count: 8);
        state["second"][0] = 5;

        float[] expected = [.. Part(9, 1), .. Part(9, 2)];
        expected[Length] = 5;
        Assert.Equal(expected, Whole(memory.Pointer, 2 * Length).ToArray());
        Assert.Equal(expected[..Length], Whole(state["first"], Length).ToArray());
        Assert.Equal(expected[Length..], Whole(state[1], Length).ToArray());
    }

    [Fact]
    public void WhatItMovedToIsNotItsOwn()
    {
        using var memory = new NativeFloats(Length);
        var state = new OptimizerState(Length, ["first"]);
        state.Move(memory.Pointer, 0, Length);

        state.Dispose();

        Assert.Equal(0, memory.Pointer[0]);
        Assert.Throws<ObjectDisposedException>(() => { _ = (nint)state["first"]; });
    }

    private static Span<float> Whole(float* pointer, int length) => new(pointer, length);

    private static IEnumerable<float> Part(float around, float within) =>
        Enumerable.Range(0, Length).Select(index => index is >= 16 and < 24 ? within : around);
}
