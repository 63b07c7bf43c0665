using OrleansTrain.Training.Replicas;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests.Replicas;

/// <summary>Gradients that are told while the backward pass still runs.</summary>
[Collection(nameof(GlobalDrawsTests))]
public sealed class GradientHooksTests
{
    [Fact]
    public void LayersAreToldFromTheLastToTheSecond()
    {
        using var replica = Bound(() => nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)));

        var told = Step(replica, out _);

        // The first layer's input is data, which asks for no gradient: nothing comes by behind it.
        Assert.Equal(["4.bias", "4.weight", "2.bias", "2.weight"], told.Select(entry => entry.Name));
    }

    [Fact]
    public void WhatIsToldEarlyIsWhatStandsThereAtTheEnd()
    {
        static nn.Module<Tensor, Tensor> Model() => nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Linear(4, 3));
        using var early = Bound(Model);
        using var plain = Bound(Model);

        var told = Step(early, out var gradients);
        Step(plain, out var expected, tell: false);

        Assert.Equal(6, told.Count);
        Assert.All(told, entry => Assert.Equal(gradients[entry.Name], entry.Values));
        Assert.All(expected, entry => Assert.Equal(entry.Value, gradients[entry.Key]));
    }

    [Fact]
    public void AParameterWhoseOtherUseIsStillToComeIsNotTold()
    {
        using var replica = Bound(() => new UsedTwice());
        using var plain = Bound(() => new UsedTwice());

        var told = Step(replica, out var gradients);
        Step(plain, out var expected, tell: false);

        Assert.Equal(["third.bias", "third.weight", "second.bias"], told.Select(entry => entry.Name));
        Assert.All(expected, entry => Assert.Equal(entry.Value, gradients[entry.Key]));
    }

    [Fact]
    public void LayersThatAreNotCalledAreToldAtTheEndAlone()
    {
        using var replica = Bound(() => new Uncalled());

        Assert.Empty(Step(replica, out var gradients));
        Assert.Equal(4, gradients.Count);
    }

    [Fact]
    public void EachStepTellsAnew()
    {
        using var replica = Bound(() => nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 3)));

        var first = Step(replica, out _);
        var silent = Step(replica, out _, tell: false);
        var second = Step(replica, out _);

        Assert.Equal(2, first.Count);
        Assert.Empty(silent);
        Assert.Equal(first.Select(entry => entry.Name), second.Select(entry => entry.Name));
    }

    private static ModelReplica Bound(Func<nn.Module<Tensor, Tensor>> create)
    {
        var replica = ModelReplica.Create(new TestTask(_ => create()), TestTask.Context(new RankRandom(1, 0)));
        var flat = zeros(replica.Layout.Length);
        replica.CopyValuesTo(flat);
        replica.Bind(flat);
        return replica;
    }

    private static List<(string Name, float[] Values)> Step(ModelReplica replica, out Dictionary<string, float[]> gradients, bool tell = true)
    {
        using var batch = TestTask.Batch(6, 3);
        using var scope = NewDisposeScope();
        var sink = new Recorder(replica.Layout);
        replica.ForwardBackward(batch, out var pointers, tell ? sink : null);
        gradients = [];
        for (var slot = 0; slot < pointers.Length; slot++)
        {
            gradients[replica.Layout.Slots[slot].Name] = Copy(pointers[slot], replica.Layout.Slots[slot].Length);
        }

        return sink.Told;
    }

    private static unsafe float[] Copy(nint pointer, long length) => new ReadOnlySpan<float>((void*)pointer, (int)length).ToArray();

    private sealed class Recorder(ParameterLayout layout) : IGradientSink
    {
        public List<(string Name, float[] Values)> Told { get; } = [];

        public void Ready(int slot, nint gradient) => Told.Add((layout.Slots[slot].Name, Copy(gradient, layout.Slots[slot].Length)));
    }

    private sealed class UsedTwice : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first = nn.Linear(6, 6);
        private readonly Linear _second = nn.Linear(6, 6);
        private readonly Linear _third = nn.Linear(6, 3);

        public UsedTwice()
            : base(nameof(UsedTwice))
        {
            register_module("first", _first);
            register_module("second", _second);
            register_module("third", _third);
        }

        public override Tensor forward(Tensor input)
        {
            var x = nn.functional.linear(_first.call(input), _second.weight);
            return _third.call(_second.call(x.tanh()));
        }
    }

    private sealed class Uncalled : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first = nn.Linear(6, 4);
        private readonly Linear _second = nn.Linear(4, 3);

        public Uncalled()
            : base(nameof(Uncalled))
        {
            register_module("first", _first);
            register_module("second", _second);
        }

        public override Tensor forward(Tensor input) => _second.forward(_first.forward(input));
    }
}
