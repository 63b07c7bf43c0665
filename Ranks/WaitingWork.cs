using System.Diagnostics;
using OrleansTrain.Data;
using OrleansTrain.Training.Tracing;
using TorchSharp;

namespace OrleansTrain.Ranks;

/// <summary>
/// What a rank does while it can only wait for others: first it frees the tensors of the step's forward and backward pass, then it prepares its next
/// batches. The gradients are the parameters' own and stay. Used by the rank's thread alone.
/// </summary>
internal sealed class WaitingWork(IBatchSource source, StepTrace? trace)
{
    private DisposeScope? _tensors;

    /// <summary>The next step would have to begin with some of it.</summary>
    public bool IsDue => _tensors is not null || source.IsBehind;

    /// <summary>What is made from here on is freed in a wait, or with what this returns: where nobody had to wait, or after an error.</summary>
    public StepTensors BeginStep()
    {
        _tensors = torch.NewDisposeScope();
        return new StepTensors(this);
    }

    /// <summary>Does some microseconds' worth of it; false when there is nothing now.</summary>
    public bool DoSome()
    {
        var started = Stopwatch.GetTimestamp();
        if (FreeTensors())
        {
            trace?.AddPiece(StepPart.FreeTensors, started);
            return true;
        }

        if (!source.Prepare())
        {
            return false;
        }

        trace?.AddPiece(StepPart.Prepare, started);
        return true;
    }

    // False when there is none, or none any more.
    private bool FreeTensors()
    {
        if (_tensors is not { } tensors)
        {
            return false;
        }

        _tensors = null;
        tensors.Dispose();
        return true;
    }

    /// <summary>The tensors of a step; disposing frees what no wait has freed.</summary>
    public readonly record struct StepTensors(WaitingWork Work) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Work.FreeTensors();
    }
}
