using System.Diagnostics;
using OrleansTrain.Data;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Tracing;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Replicas;

/// <summary>
/// One rank's model. <see cref="Create"/> and <see cref="Bind"/> may be called on any thread, one at a time; everything else belongs to the
/// rank's own thread. All ranks of a silo may be bound to one flat buffer.
/// </summary>
public sealed class ModelReplica : IDisposable
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly GlobalDraws _globalDraws;
    private IParameterBinding? _binding;
    private GradientHooks? _hooks;
    private IGradientSink? _sink;

    private ModelReplica(TrainingTask task, TaskContext context, nn.Module model)
    {
        Task = task;
        Context = context;
        Model = model;
        _parameters = [.. model.named_parameters()];
        Layout = CheckedLayout(task, _parameters);
        _globalDraws = new GlobalDraws(RankRandom.StreamSeed(context.Seed, context.Rank, stream: 1));
    }

    /// <summary>The task that made the model.</summary>
    public TrainingTask Task { get; }

    /// <summary>The rank it was made for.</summary>
    public TaskContext Context { get; }

    /// <summary>The model, on the context's device.</summary>
    public nn.Module Model { get; }

    /// <summary>Where its parameters lie in the flat buffer.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>
    /// The model draws from libtorch's process-wide generator (<c>nn.Dropout</c> does): its steps run one rank at a time on a silo, each with
    /// the rank's own state of that generator. Right, but slower than <c>SeededDropout</c>.
    /// </summary>
    public bool DrawsFromGlobalGenerator => _globalDraws.Found;

    /// <summary>Where forward and backward passes are recorded, if they are.</summary>
    public StepTrace? Trace { get; set; }

    /// <summary>
    /// Makes the task's model. The initial values depend on the seed alone: every rank, and every attempt of a run, makes the same model.
    /// </summary>
    /// <exception cref="ModelException">A parameter is not trainable float32.</exception>
    public static ModelReplica Create(TrainingTask task, TaskContext context)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(context);
        TorchRuntime.Initialize();
        nn.Module model;
        using (var scope = NewDisposeScope())
        {
            lock (GlobalGenerator.Lock)
            {
                GlobalGenerator.Seed(context.Seed);
                model = task.CreateModel(context)
                    ?? throw new ModelException($"Task '{task.Name}': CreateModel returned nothing; expected a model.");
            }

            Keep(model);
        }

        try
        {
            if (context.Device.type != DeviceType.CPU)
            {
                model.to(context.Device);
            }

            model.train();
            return new ModelReplica(task, context, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model's values into a buffer of the shape that <see cref="Bind"/> asks for.</summary>
    public void CopyValuesTo(Tensor flat)
    {
        CheckBuffer(flat);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var ((_, parameter), slot) in _parameters.Zip(Layout.Slots))
        {
            flat.narrow(0, slot.Offset, slot.Length).view(slot.Shape).copy_(parameter);
        }
    }

    /// <summary>
    /// Joins the model to a buffer of an exchange session: on the CPU its parameters become views of it. Their values are what is there.
    /// </summary>
    /// <param name="flat">float32, <c>[Layout.Length]</c>, contiguous, on the CPU, 64-byte aligned.</param>
    public void Bind(Tensor flat)
    {
        if (_binding is not null)
        {
            throw new InvalidOperationException("The model is bound to a buffer already.");
        }

        CheckBuffer(flat);
        _binding = Context.Device.type == DeviceType.CPU
            ? new HostBinding(_parameters, Layout, flat)
            : new DeviceBinding(_parameters, Layout, flat, Context.Device);
    }

    /// <summary>
    /// One forward and backward pass; call it inside a dispose scope, which may end before the gradients have been used.
    /// </summary>
    /// <param name="batch">The batch, on the CPU; stays the caller's.</param>
    /// <param name="gradients">One pointer a parameter in layout order, contiguous float32 in host memory, until the next call.</param>
    /// <param name="sink">Is told of gradients as soon as they are complete; null: all are told at the end alone.</param>
    /// <returns>The mean loss. When it is not finite there was no backward pass and <paramref name="gradients"/> is empty.</returns>
    /// <exception cref="ModelException">A parameter got no gradient.</exception>
    public double ForwardBackward(Batch batch, out ReadOnlySpan<nint> gradients, IGradientSink? sink = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var binding = _binding ?? throw new InvalidOperationException("Bind the model to a buffer before training it.");
        binding.ClearGradients();
        double loss;
        _sink = sink;
        if (sink is not null)
        {
            _hooks ??= new GradientHooks(Model, _parameters.Select(entry => entry.Name), Announce);
        }

        using (_globalDraws.Enter())
        using (sink is null ? default : _hooks!.Begin())
        {
            loss = Pass(batch);
        }

        gradients = double.IsFinite(loss) ? binding.CollectGradients() : [];
        return loss;
    }

    /// <summary>The flat buffer was changed by something else than this model: by the exchange, a broadcast, a checkpoint.</summary>
    public void ParametersChanged() => _binding?.ParametersChanged();

    /// <summary>
    /// The next <see cref="ForwardBackward"/> finds out whether the model draws from the process-wide generator.
    /// Call it before the first step and at each start of an epoch: a model may begin to draw later.
    /// </summary>
    public void ProbeGlobalDraws() => _globalDraws.ProbeNext();

    /// <summary>The random states and the model's buffers, by name: what a checkpoint keeps of one rank. The caller disposes the tensors.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> CaptureState() => ReplicaState.Capture(this, _globalDraws);

    /// <summary>Continues from what <see cref="CaptureState"/> gave.</summary>
    /// <exception cref="InvalidDataException">Names, shapes or dtypes are not those of this model.</exception>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state) => ReplicaState.Restore(this, _globalDraws, state);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding?.Dispose();
        _globalDraws.Dispose();
        Model.Dispose();
    }

    private void Announce(int slot)
    {
        if (_sink is { } sink && _binding!.TryCollect(slot, out var gradient))
        {
            sink.Ready(slot, gradient);
        }
    }

    private double Pass(Batch batch)
    {
        var onDevice = Context.Device.type == DeviceType.CPU
            ? batch
            : new Batch(batch.Inputs.to(Context.Device), batch.Targets.to(Context.Device), batch.Count) { Origin = batch.Origin };
        var start = Stopwatch.GetTimestamp();
        var loss = Task.Loss(Model, onDevice, Context);
        var value = Value(loss);
        Trace?.Add(StepPart.Forward, start);
        if (double.IsFinite(value))
        {
            start = Stopwatch.GetTimestamp();
            loss.backward();
            Trace?.Add(StepPart.Backward, start);
        }

        return value;
    }

    private unsafe double Value(Tensor loss)
    {
        if (loss.numel() != 1)
        {
            throw new ModelException($"Task '{Task.Name}': expected the loss to be a scalar, found shape [{string.Join(", ", loss.shape)}].");
        }

        // Read where it lies: `item` makes an accessor with shape and strides for it, 4 us of a small model's step.
        return loss.device_type == DeviceType.CPU && loss.dtype == ScalarType.Float32
            ? *(float*)HostPointer.Of(loss)
            : loss.detach().cpu().to(ScalarType.Float64).item<double>();
    }

    private static ParameterLayout CheckedLayout(TrainingTask task, (string Name, Parameter Parameter)[] parameters)
    {
        foreach (var (name, parameter) in parameters)
        {
            if (parameter.dtype != ScalarType.Float32)
            {
                throw new ModelException($"Task '{task.Name}': parameter '{name}' is {parameter.dtype}; expected float32.");
            }

            if (!parameter.requires_grad)
            {
                throw new ModelException(
                    $"Task '{task.Name}': parameter '{name}' does not require a gradient; expected a trainable one. Register fixed tensors as buffers.");
            }
        }

        try
        {
            return ParameterLayout.Create(parameters.Select(entry => (entry.Name, entry.Parameter.shape)));
        }
        catch (ArgumentException exception)
        {
            throw new ModelException($"Task '{task.Name}': {exception.Message}");
        }
    }

    // What a model is made of outlives the scope it was made in; what was only used on the way does not.
    private static void Keep(nn.Module model)
    {
        foreach (var parameter in model.parameters())
        {
            parameter.DetachFromDisposeScope();
        }

        foreach (var buffer in model.buffers())
        {
            buffer.DetachFromDisposeScope();
        }
    }

    private void CheckBuffer(Tensor flat)
    {
        ArgumentNullException.ThrowIfNull(flat);
        if (flat.dtype != ScalarType.Float32 || flat.device_type != DeviceType.CPU || !flat.is_contiguous() || flat.numel() != Layout.Length
            || HostPointer.Of(flat) % (ParameterLayout.Alignment * sizeof(float)) != 0)
        {
            throw new ArgumentException(
                $"Expected {Layout.Length} contiguous float32 values on the CPU, 64-byte aligned; found {flat.numel()} of {flat.dtype} on {flat.device}.",
                nameof(flat));
        }
    }
}
