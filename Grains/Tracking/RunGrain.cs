using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Storage;
using OrleansTrain.Faults;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Abstractions.Tracking;
using OrleansTrain.Grains.Signals;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Grains.Tracking;

/// <inheritdoc cref="IRunGrain"/>
[Reentrant, Immovable]
internal sealed partial class RunGrain(
    [PersistentState("outbox", GrainStorageNames.State)] IPersistentState<OutboxState> storage,
    MlflowDelivery delivery,
    OutboxMetrics metrics,
    TimeProvider time,
    ILogger<RunGrain> logger) : Grain, IRunGrain, IRemindable, IDisposable
{
    private const string Reminder = "outbox";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // That entries have been delivered is stored with the next ones, or by itself when none come: after a loss in between MLflow is asked what it has.
    private static readonly TimeSpan LongestUnstored = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _deactivating = new();
    private readonly LoopSignal _wanted = new();
    private Task _sending = Task.CompletedTask;
    private string? _lastError;
    private bool _mayBeThere;
    private bool _hasReminder;
    private bool _isListed;
    private bool _unstored;
    private long _delivered;
    private long _deliveredStored;
    private long _storedAt;
    private int _flushing;

    // Anything stored but not known to be delivered may have been sent by an activation that was lost.
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _mayBeThere = _isListed = !Outbox.IsEmpty;
        metrics.Watch(RunId, () => storage.State.Pending.Count);
        StartSending();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Forget(RunId);
        await _deactivating.CancelAsync();
        _wanted.Raise();
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (IsBehind)
        {
            // What cannot be stored here is found out by the next activation.
            await Store().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    public void Dispose()
    {
        _deactivating.Dispose();
    }

    private string RunId => this.GetPrimaryKeyString();

    private Outbox Outbox => new(storage.State, time);

    /// <summary>Entries have been delivered that are still stored.</summary>
    private bool IsBehind => _deliveredStored < _delivered;

    private IUndeliveredGrain Undelivered => GrainFactory.GetGrain<IUndeliveredGrain>(delivery.Server);

    public Task LogParams(IReadOnlyDictionary<string, string> parameters) => Outbox.AcceptParams(parameters) || _unstored ? Accepted() : Task.CompletedTask;

    public Task LogMetrics(IReadOnlyList<MetricPoint> points) => Outbox.AcceptMetrics(points) || _unstored ? Accepted() : Task.CompletedTask;

    public Task SetTags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in tags)
        {
            Outbox.Accept(new TagEntry(time.GetUtcNow(), key, value));
        }

        return Accepted();
    }

    public Task LogArtifact(string path, byte[] content)
    {
        Outbox.Accept(new ArtifactEntry(time.GetUtcNow(), path, content));
        return Accepted();
    }

    public Task LogArtifactsFrom(string path, string sourceUri, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            Outbox.Accept(new StoredArtifactEntry(time.GetUtcNow(), $"{path}/{name}", $"{sourceUri.TrimEnd('/')}/{name}"));
        }

        return Accepted();
    }

    public Task LogDataset(DatasetInput dataset)
    {
        Outbox.Accept(new DatasetEntry(time.GetUtcNow(), dataset));
        return Accepted();
    }

    public Task SetStatus(string status, DateTimeOffset? endTime)
    {
        Outbox.Accept(new StatusEntry(time.GetUtcNow(), status, endTime));
        return Accepted();
    }

    public Task<OutboxStatus> GetOutbox() => Task.FromResult(Outbox.Describe(_lastError));

    public async Task<OutboxStatus> Flush(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, time);
        _flushing++;
        try
        {
            StartSending();
            await _sending.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        finally
        {
            _flushing--;
        }

        return Outbox.Describe(_lastError);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        StartSending();
        return Outbox.IsEmpty ? DropReminder() : Task.CompletedTask;
    }

    // The caller may forget its content once this returns, so it is stored first; if that fails the caller repeats its call.
    private async Task Accepted()
    {
        _unstored = true;
        await Store();
        FaultPoint.Reach("outbox.stored");
        _unstored = false;
        StartSending();
    }

    private async Task Store()
    {
        var delivered = _delivered;
        await storage.WriteStateAsync();
        _deliveredStored = Math.Max(_deliveredStored, delivered);
        _storedAt = time.GetTimestamp();
    }

    private void StartSending()
    {
        _wanted.Raise();
        if (_sending.IsCompleted && !Outbox.IsEmpty && !_deactivating.IsCancellationRequested)
        {
            _sending = Send();
        }
    }

    private async Task Send()
    {
        var pause = FirstPause;
        while (!_deactivating.IsCancellationRequested)
        {
            if (Outbox.IsEmpty && !IsBehind)
            {
                await TakeOffList();
                if (Outbox.IsEmpty)
                {
                    return;
                }
            }

            DelayDeactivation(TimeSpan.FromMinutes(10));
            try
            {
                if (Outbox.IsEmpty)
                {
                    await StoreWhenQuiet();
                }
                else
                {
                    await Deliver(Outbox.NextBatch());
                }

                pause = FirstPause;
                continue;
            }
            catch (OperationCanceledException) when (_deactivating.IsCancellationRequested)
            {
                return;
            }
            catch (InconsistentStateException)
            {
                // Another activation has the outbox now.
                DeactivateOnIdle();
                return;
            }
#pragma warning disable CA1031 // Whatever it is, what is not delivered stays stored and is tried again.
            catch (Exception error)
#pragma warning restore CA1031
            {
                _mayBeThere |= error is not MlflowException { MayHaveBeenApplied: false };
                if (_lastError is null && Outbox.IsEmpty)
                {
                    LogNotStored(RunId, error.Message);
                }
                else if (_lastError is null)
                {
                    LogAway(RunId, storage.State.Pending.Count, error.Message);
                }

                _lastError = error.Message;
            }

            await KeepReminder();
            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, _deactivating.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        // Deactivated with everything delivered: no later activation would know that it is listed.
        await TakeOffList();
    }

    private async Task StoreWhenQuiet()
    {
        var delivered = time.GetTimestamp();
        for (var left = LongestUnstored; left > TimeSpan.Zero && _flushing == 0; left = LongestUnstored - time.GetElapsedTime(delivered))
        {
            await _wanted.Wait(left, time);
            if (!Outbox.IsEmpty || _deactivating.IsCancellationRequested)
            {
                return;
            }
        }

        if (IsBehind)
        {
            await Store();
        }

        _lastError = null;
    }

    private async Task Deliver(IReadOnlyList<OutboxEntry> batch)
    {
        try
        {
            await delivery.Send(RunId, batch, _mayBeThere, _deactivating.Token);
        }
        catch (MlflowException error) when (IsRefusal(error))
        {
            await DropRefused(batch, error);
            return;
        }
        catch (ObjectStoreException error) when (error.Error is ObjectStoreError.NotFound or ObjectStoreError.InvalidName)
        {
            LogRefused(RunId, batch.Count, error.Message);
            Outbox.Refused(batch, error.Message);
            await Store();
            return;
        }

        FaultPoint.Reach("outbox.sent");
        Outbox.Delivered(batch);
        _delivered++;
        (_mayBeThere, _lastError) = (false, null);
        if (time.GetElapsedTime(_storedAt) > LongestUnstored)
        {
            await Store();
        }
    }

    // One bad entry must not hold up the others: a refused batch is sent again one by one.
    private async Task DropRefused(IReadOnlyList<OutboxEntry> batch, MlflowException refusal)
    {
        if (batch.Count == 1)
        {
            LogRefused(RunId, 1, refusal.Message);
            Outbox.Refused(batch, refusal.Message);
        }
        else
        {
            foreach (var entry in batch)
            {
                try
                {
                    await delivery.Send(RunId, [entry], _mayBeThere, _deactivating.Token);
                    Outbox.Delivered([entry]);
                }
                catch (MlflowException error) when (IsRefusal(error))
                {
                    LogRefused(RunId, 1, error.Message);
                    Outbox.Refused([entry], error.Message);
                }
                catch (MlflowException error)
                {
                    // Away in the middle: the rest stays and is tried by the loop.
                    _lastError = error.Message;
                    break;
                }
            }
        }

        await Store();
    }

    // Wrong credentials or a foreign host name are the server's or the user's to mend; what waits here is good and stays.
    private static bool IsRefusal(MlflowException error) =>
        !error.IsTransient && error.StatusCode is null or HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.RequestEntityTooLarge;

    // Only an outbox that cannot be emptied needs to be woken when all silos were lost.
    private async Task KeepReminder()
    {
        if (_hasReminder)
        {
            return;
        }

        try
        {
            await Undelivered.Add(RunId);
            _isListed = true;
            await this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
            _hasReminder = true;
        }
#pragma warning disable CA1031 // Without it the outbox waits for the next call of the run instead; tried again at the next failure.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNoReminder(error, RunId);
        }
    }

    private async Task TakeOffList()
    {
        if (!_isListed || !Outbox.IsEmpty)
        {
            return;
        }

        try
        {
            await Undelivered.Remove(RunId);
            _isListed = false;
        }
#pragma warning disable CA1031 // Still on the list it is woken for nothing, once.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogStillListed(error, RunId);
        }
    }

    private async Task DropReminder()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: MLflow cannot be reached, {Pending} entries are kept until it can: {Reason}")]
    private partial void LogAway(string runId, int pending, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: everything is delivered, but that cannot be stored yet and is tried again: {Reason}")]
    private partial void LogNotStored(string runId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: no reminder could be set for the outbox")]
    private partial void LogNoReminder(Exception error, string runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: everything is delivered, but it could not be taken off the list of those that wait")]
    private partial void LogStillListed(Exception error, string runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: MLflow refused {Count} entries for good: {Reason}")]
    private partial void LogRefused(string runId, int count, string reason);
}
