using System.Diagnostics;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Faults;
using OrleansTrain.Training.Native;
using OrleansTrain.Training.Replicas;
using OrleansTrain.Training.Tracing;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>The step. All that changes while it runs is here.</summary>
internal sealed partial class ExchangeSession
{
    private readonly WorkQueue _sending;
    private readonly WorkQueue _updating;
    private int _arrived;
    private int _chunksLeft;
    private StepRequests _requests;

    /// <summary>Steps for which all ranks of the silo have brought their gradients.</summary>
    private long _opened;

    /// <summary>Steps after which the parameters are complete.</summary>
    private long _completed;

    public IGradientSink? Begin(int rank, long step, StepRequests request)
    {
        var worker = WorkerOf(rank);
        (_group?.GradientsOf(rank) ?? worker.Room?.Arena)?.Enter();
        if (_early is null)
        {
            return null;
        }

        worker.Begin(step, request);
        return _early.Of(worker);
    }

    public StepRequests Step(
        int rank,
        ReadOnlySpan<nint> gradients,
        long step,
        double learningRate,
        StepRequests request,
        Func<bool>? meanwhile = null,
        Func<bool>? isDue = null)
    {
        TensorArena.Leave();
        _users.Enter(_fault);
        try
        {
            var worker = WorkerOf(rank);
            (worker.Meanwhile, worker.IsDue) = (meanwhile, isDue);
            worker.Offer(gradients, step, learningRate, request);
            StreamGradients(worker);
            Gather(worker, step);
            SendPartials(worker, step);
            FaultPoint.Reach("exchange.pushed");
            UpdateShard(worker, step);
            _update.CopyOf(worker)?.Fetch(_handover?.Left ?? default, _handover?.Taken ?? default);
            return _requests;
        }
        catch (Exception error)
        {
            // An error in one rank ends the session for all: the others would wait for it in vain.
            Abort(error);
            _readers.WaitForNone();
            _fault.ThrowIfSet();
            throw;
        }
        finally
        {
            _users.Leave();
        }
    }

    private void StreamGradients(RankWorker worker)
    {
        if (_streamed is { IsOn: true })
        {
            var start = Stopwatch.GetTimestamp();
            _streamed.Write(worker);
            worker.Trace?.Add(StepPart.StreamGradients, start);
        }
    }

    /// <summary>Waits for all ranks of the silo; the last one opens the step.</summary>
    private void Gather(RankWorker worker, long step)
    {
        if (Interlocked.Increment(ref _arrived) < _workers.Length)
        {
            Await(worker, ref _opened, step + 1, StepPart.Gather);
            return;
        }

        foreach (var other in _workers)
        {
            if (other.LearningRate != worker.LearningRate)
            {
                throw new InvalidOperationException(
                    $"Step {step}: rank {other.Rank} has learning rate {other.LearningRate}, rank {worker.Rank} has {worker.LearningRate}.");
            }
        }

        _requests = RankWorker.Requests(_workers);
        _arrived = 0;
        _optimizer.BeginStep(worker.LearningRate);
        _sending.Reset();
        _updating.Reset();
        _chunksLeft = _updating.Items;
        if (_early is not null)
        {
            _early.Reset();
            for (var i = 0; i < _links.Count; i++)
            {
                _links[i].AllowParameters(step);
            }
        }

        Interlocked.Exchange(ref _opened, step + 1);
        _signal.Notify();
        UseTheHeadStartOfOthers(worker, step);
    }

    /// <summary>
    /// The last rank never waits: the others begin to update while it makes ready what its next step would begin with. What it does not come to
    /// update, they take. Between silos it waits for their bytes and needs no such moment.
    /// </summary>
    private void UseTheHeadStartOfOthers(RankWorker worker, long step)
    {
        if (_links.Count > 0 || _workers.Length == 1 || worker.Meanwhile is not { } meanwhile)
        {
            return;
        }

        while (worker.HasDue && Volatile.Read(ref _completed) <= step && !_fault.IsSet && meanwhile())
        {
        }
    }

    private void SendPartials(RankWorker worker, long step)
    {
        if (_links.Count == 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        _handover?.Come(worker, step);
        var requests = _requests;
        while (_sending.TryTake(worker.Index, out var item))
        {
            using var reading = _readers.Enter();
            if (_early is null || _early.TryTake(item, step))
            {
                _partials.Run(worker, item, step, requests);
            }
        }

        worker.Trace?.Add(StepPart.SendPartials, start);
    }

    private void UpdateShard(RankWorker worker, long step)
    {
        var updated = 0;
        for (; _updating.TryTake(worker.Index, out var chunk); updated++)
        {
            AwaitPartials(worker, step, chunk);
            var start = Stopwatch.GetTimestamp();
            using (_readers.Enter())
            {
                Update(worker, chunk);
            }

            worker.AddUpdating(start);
            FaultPoint.Reach("exchange.updated");
            SendParameters(worker, step, chunk);
        }

        if (updated > 0 && Interlocked.Add(ref _chunksLeft, -updated) == 0)
        {
            Complete(worker, step);
        }
        else
        {
            Await(worker, ref _completed, step + 1, StepPart.WaitCompletion);
        }
    }

    private void Update(RankWorker worker, int chunk)
    {
        if (_handover is null)
        {
            _update.Run(worker, chunk);
        }
        else
        {
            _handover.Run(_update, worker);
        }

        _update.CopyOf(worker)?.Updated(chunk);
    }

    private void AwaitPartials(RankWorker worker, long step, int chunk)
    {
        if (_links.Count == 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < _links.Count; i++)
        {
            _links[i].WaitForPartials(step, chunk, Plan.StepTimeout, worker.Meanwhile);
        }

        worker.AddWaiting(start, StepPart.WaitPartials);
    }

    private unsafe void SendParameters(RankWorker worker, long step, int chunk)
    {
        if (_links.Count == 0)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < _links.Count; i++)
        {
            _links[i].SendParameters(step, chunk, _parameters.Pointer + _shape.Shards.Chunk(Plan.Self, chunk).Start);
        }

        worker.Trace?.Add(StepPart.SendParameters, start);
    }

    /// <summary>The silo's own shard is done: the last rank at work waits for those of the others and lets everyone go on.</summary>
    private void Complete(RankWorker worker, long step)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < _links.Count; i++)
        {
            _links[i].WaitForParameters(step, Plan.StepTimeout, worker.Meanwhile);
            _requests |= _links[i].Requests(step);
        }

        worker.AddWaiting(start, StepPart.WaitParameters);
        _handover?.StepEnded(worker);
        _streamed?.StepEnded();
        Interlocked.Exchange(ref _completed, step + 1);
        _signal.Notify();
    }

    private void Await(RankWorker worker, ref long counter, long target, StepPart part)
    {
        var start = Stopwatch.GetTimestamp();
        var result = _signal.Wait(ref counter, target, Plan.StepTimeout, worker.Meanwhile);
        worker.AddWaiting(start, part);
        if (result == WaitResult.TimedOut)
        {
            throw new PeerLostException(Describe(target - 1, part));
        }

        if (result == WaitResult.Faulted)
        {
            _fault.ThrowIfSet();
        }
    }

    private string Describe(long step, StepPart part)
    {
        var missing = _workers.Where(worker => worker.Arrived <= step).Select(worker => worker.Rank).ToList();
        var who = missing.Count > 0
            ? $"{(missing.Count == 1 ? "rank" : "ranks")} {string.Join(", ", missing)} did not come"
            : $"the ranks of this silo did not finish ({part})";
        return $"Run {Plan.RunId}, attempt {Plan.Attempt}, step {step}: {who} within {Plan.StepTimeout.TotalSeconds:0.###} s.";
    }

    private RankWorker WorkerOf(int rank)
    {
        foreach (var worker in _workers)
        {
            if (worker.Rank == rank)
            {
                return worker;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(rank), $"Rank {rank} is not on this silo, which hosts {string.Join(", ", _workers.Select(w => w.Rank))}.");
    }
}
