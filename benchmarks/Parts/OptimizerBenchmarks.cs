using BenchmarkDotNet.Attributes;
using OrleansTrain.Training;
using OrleansTrain.Training.Numerics;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Parts;

/// <summary>A step of an optimizer over a million parameters, one thread, in blocks as the exchange does it.</summary>
public unsafe class OptimizerBenchmarks : IDisposable
{
    private const int Length = 1 << 20;
    private const int Block = 2048;

    private readonly NativeFloats _parameters = new(Length);
    private readonly NativeFloats _gradient = new(Length);
    private IFlatOptimizer? _optimizer;

    [Params("sgd", "sgd momentum", "adam", "adamw")]
    public string Optimizer { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var name = Optimizer.Split(' ')[0];
        var values = Optimizer.EndsWith("momentum", StringComparison.Ordinal) ? new Dictionary<string, double> { ["momentum"] = 0.9 } : [];
        _optimizer = OptimizerCatalog.Create(new OptimizerSettings(name, 0.01, values), Length);
        for (var i = 0; i < Length; i++)
        {
            _gradient.Pointer[i] = ((i % 100) - 50) * 1e-4f;
        }
    }

    [Benchmark]
    public void Step()
    {
        _optimizer!.BeginStep(0.01);
        for (var start = 0; start < Length; start += Block)
        {
            _optimizer.Update(_parameters.Pointer + start, _gradient.Pointer + start, start, Block);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _optimizer?.Dispose();
        _parameters.Dispose();
        _gradient.Dispose();
        GC.SuppressFinalize(this);
    }
}
