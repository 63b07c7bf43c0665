using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Grains.ParameterServer;

namespace OrleansTrain.Parts;

/// <summary>A chunk of 256 KB written and read by Orleans' serializer: as a frame in native memory, and as the arrays one would use without it.</summary>
[MemoryDiagnoser]
public unsafe class CodecBenchmarks : IDisposable
{
    private const int Elements = 64 * 1024;

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(FrameMessageCodec).Assembly)).BuildServiceProvider();

    private readonly ArrayBufferWriter<byte> _wire = new(Elements * sizeof(float) * 2);
    private readonly float[] _floats = new float[Elements];
    private readonly byte[] _bytes = new byte[Elements * sizeof(float)];
    private readonly ushort[] _rounded = new ushort[Elements];
    private FrameMessage? _frame;
    private Serializer? _serializer;

    [GlobalSetup]
    public void Setup()
    {
        _serializer = _services.GetRequiredService<Serializer>();
        _frame = FrameMessage.Rent(FrameHeader.Size + _bytes.Length);
    }

    [Benchmark(Baseline = true)]
    public void NativeFrame()
    {
        _wire.ResetWrittenCount();
        _serializer!.Serialize(_frame!, _wire);
        _serializer.Deserialize<FrameMessage>(_wire.WrittenMemory)!.Return();
    }

    [Benchmark]
    public byte[] ByteArray() => RoundTrip(_bytes);

    [Benchmark]
    public float[] FloatArray() => RoundTrip(_floats);

    [Benchmark]
    public void ToBFloat16AndBack()
    {
        fixed (float* floats = _floats)
        fixed (ushort* rounded = _rounded)
        {
            BFloat16Wire.Narrow(floats, rounded, Elements);
            BFloat16Wire.Widen(rounded, floats, Elements);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _frame?.Return();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    private T RoundTrip<T>(T value)
    {
        _wire.ResetWrittenCount();
        _serializer!.Serialize(value, _wire);
        return _serializer.Deserialize<T>(_wire.WrittenMemory)!;
    }
}
