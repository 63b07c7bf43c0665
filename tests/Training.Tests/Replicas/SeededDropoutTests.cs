using OrleansTrain.Training.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Replicas;

/// <summary>Dropout from the rank's own random state.</summary>
public sealed class SeededDropoutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GivesTorchsBitsForTheSameGeneratorState(bool wholeChannels)
    {
        using var scope = NewDisposeScope();
        using var random = new RankRandom(7, 3);
        var input = arange(3 * 5 * 8 * 9, dtype: float32).add(1).view(3, 5, 8, 9);
        Tensor expected;
        lock (Native.GlobalGenerator.Lock)
        {
            Native.GlobalGenerator.SetState(random.GetState());
            expected = wholeChannels ? nn.functional.dropout2d(input, 0.3, true) : nn.functional.dropout(input, 0.3, true);
        }

        var found = wholeChannels
            ? SeededFunctional.Dropout2d(input, random, 0.3, training: true)
            : SeededFunctional.Dropout(input, random, 0.3, training: true);
        Assert.True(expected.bytes.SequenceEqual(found.bytes));
        Assert.True(found.eq(0).sum().item<long>() > 0);
    }

    [Fact]
    public void GoesOnFromASavedState()
    {
        using var scope = NewDisposeScope();
        using var random = new RankRandom(7, 3);
        var input = ones(1000);
        using var layer = new SeededDropout(random, 0.5);
        layer.forward(input);
        var state = random.GetState();
        var expected = layer.forward(input);
        layer.forward(input);
        random.SetState(state);

        Assert.True(expected.bytes.SequenceEqual(layer.forward(input).bytes));
    }

    [Fact]
    public void RanksDrawDifferently()
    {
        using var scope = NewDisposeScope();
        using var first = new RankRandom(7, 0);
        using var second = new RankRandom(7, 1);
        var input = ones(1000);

        Assert.False(SeededFunctional.Dropout(input, first, 0.5, true).bytes.SequenceEqual(SeededFunctional.Dropout(input, second, 0.5, true).bytes));
    }

    [Fact]
    public void IsTheIdentityInEvalMode()
    {
        using var scope = NewDisposeScope();
        using var random = new RankRandom(7, 0);
        using var layer = new SeededDropout(random, 0.5);
        layer.eval();
        var before = random.GetState();
        var input = ones(10);

        Assert.True(input.bytes.SequenceEqual(layer.forward(input).bytes));
        Assert.True(before.bytes.SequenceEqual(random.GetState().bytes));
    }

    // nn.Sequential disposes each module's input once it has the answer, which must not be the same handle then.
    [Fact]
    public void AnswersFromWithinASequentialInEvalMode()
    {
        using var random = new RankRandom(7, 0);
        using var model = nn.Sequential(
            ("first", nn.ReLU()), ("dropout", new SeededDropout(random, 0.5)), ("channels", new SeededDropout2d(random, 0.5)), ("last", nn.ReLU()));
        model.eval();
        using var input = ones(2, 3, 4, 4);
        using var output = ((nn.Module<Tensor, Tensor>)model).forward(input);

        Assert.True(input.bytes.SequenceEqual(output.bytes));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void RefusesOtherProbabilities(double probability)
    {
        using var random = new RankRandom(7, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededDropout(random, probability));
    }

    [Fact]
    public void BytesThatAreNoStateAreRefusedBeforeTorchSeesThem()
    {
        using var random = new RankRandom(7, 0);
        using var state = random.GetState();
        Assert.Throws<InvalidDataException>(() => random.SetState(zeros(10, TorchSharp.torch.ScalarType.Byte)));
        Assert.Throws<InvalidDataException>(() => random.SetState(zeros_like(state)));
        random.SetState(state);
    }
}
