using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using OrleansTrain.Grains.Abstractions.Cluster;
using OrleansTrain.Grains.Abstractions.Runs;
using OrleansTrain.Grains.Placement;

namespace OrleansTrain.Grains.Cluster;

/// <inheritdoc cref="IClusterGrain"/>
[Reentrant, Immovable]
internal sealed partial class ClusterGrain(
    [PersistentState("cluster", GrainStorageNames.State)] IPersistentState<ClusterState> state,
    IClusterMembershipService membership,
    ISiloMetadataCache metadata,
    TimeProvider time,
    ILogger<ClusterGrain> logger) : Grain, IClusterGrain
{
    // A waiting run asks again every second or so; one that stopped asking must not block those behind it.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(15);

    private readonly List<(WaitingRun Run, string Device, DateTimeOffset LastAsked)> _waiting = [];
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);

    public async Task<Reservation> Reserve(string runId, int ranks, string device, IReadOnlyList<string> avoid)
    {
        var offers = ActiveOffers();
        var changed = state.State.Reservations.Remove(runId) | DropReservationsOfDeadSilos(offers);
        var now = time.GetUtcNow();
        _waiting.RemoveAll(waiting => waiting.Run.RunId != runId && now - waiting.LastAsked > Forgotten);

        var staying = offers.Where(offer => !_leaving.Contains(offer.Key)).ToDictionary();
        // One that all silos together could not serve keeps its place for when more come, but holds nobody up.
        var ahead = _waiting.TakeWhile(waiting => waiting.Run.RunId != runId)
            .FirstOrDefault(waiting => ChooseDevices(waiting.Run.Ranks, waiting.Device, staying)?.Values.Sum(offer => offer.Slots) >= waiting.Run.Ranks).Run;
        var usable = staying.Where(offer => !avoid.Contains(offer.Key)).ToDictionary();
        var chosen = ChooseDevices(ranks, device, usable);
        var slots = ahead is null && chosen is not null ? SlotAllocator.Allocate(ranks, FreeSlots(chosen)) : null;
        if (slots is null)
        {
            var reason = ahead is not null
                ? $"waiting for {ranks} rank slots behind run {ahead.RunId}"
                : Explain(ranks, device, usable, avoid.Count);
            Wait(new WaitingRun(runId, ranks, reason), device, now);
            if (changed)
            {
                await state.WriteStateAsync();
            }

            return new Reservation([], reason, "");
        }

        _waiting.RemoveAll(waiting => waiting.Run.RunId == runId);
        state.State.Reservations[runId] = [.. slots];
        await state.WriteStateAsync();
        return new Reservation(slots, "", chosen!.Values.First().Devices);
    }

    public async Task Release(string runId)
    {
        _waiting.RemoveAll(waiting => waiting.Run.RunId == runId);
        if (state.State.Reservations.Remove(runId))
        {
            await state.WriteStateAsync();
        }
    }

    public async Task<IReadOnlyList<string>> Leave(string silo)
    {
        _leaving.Add(silo);
        var runs = state.State.Reservations.Where(run => run.Value.Any(slot => slot.Silo == silo)).Select(run => run.Key).ToList();
        await Task.WhenAll(runs.Select(run => Tell(run, silo)));
        return runs;
    }

    // A run that cannot be reached now is told the next time: the silo asks until no run is left.
    private async Task Tell(string run, string leaving)
    {
        try
        {
            await GrainFactory.GetGrain<ITrainingGrain>(run).SiloLeaving(leaving);
        }
        catch (Exception error) when (SiloLoss.Is(error))
        {
            LogNotTold(error, run, leaving);
        }
    }

    public async Task WakeRuns()
    {
        foreach (var run in state.State.Reservations.Keys.ToList())
        {
            await GrainFactory.GetGrain<ITrainingGrain>(run).Nudge(attempt: 0, rank: 0);
        }
    }

    [ReadOnly]
    public Task<ClusterView> GetCluster()
    {
        var members = membership.CurrentSnapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead);
        var silos = members.OrderBy(member => member.SiloAddress.ToParsableString(), StringComparer.Ordinal)
            .Select(member =>
            {
                var silo = member.SiloAddress.ToParsableString();
                var offer = SiloOffer.From(metadata.GetSiloMetadata(member.SiloAddress));
                return new SiloView(silo, member.Name, member.Status.ToString(), offer?.Slots ?? 0, offer?.Devices ?? "", offer?.Version ?? "", Uses(silo));
            });
        return Task.FromResult(new ClusterView([.. silos], [.. _waiting.Select(waiting => waiting.Run)]));
    }

    private List<SlotUse> Uses(string silo) =>
        [.. state.State.Reservations.SelectMany(run => run.Value.Select((slot, rank) => (slot, rank, run.Key)))
            .Where(use => use.slot.Silo == silo)
            .Select(use => new SlotUse(use.slot.Slot, use.Key, use.rank))
            .OrderBy(use => use.Slot)];

    private Dictionary<string, SiloOffer> ActiveOffers()
    {
        var offers = new Dictionary<string, SiloOffer>(StringComparer.Ordinal);
        foreach (var member in membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active))
        {
            if (SiloOffer.From(metadata.GetSiloMetadata(member.SiloAddress)) is { Slots: > 0 } offer)
            {
                offers[member.SiloAddress.ToParsableString()] = offer;
            }
        }

        return offers;
    }

    private bool DropReservationsOfDeadSilos(Dictionary<string, SiloOffer> offers)
    {
        var alive = membership.CurrentSnapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead)
            .Select(member => member.SiloAddress.ToParsableString())
            .Concat(offers.Keys)
            .ToHashSet(StringComparer.Ordinal);
        var dead = state.State.Reservations.Where(run => !run.Value.Any(slot => alive.Contains(slot.Silo))).Select(run => run.Key).ToList();
        foreach (var run in dead)
        {
            state.State.Reservations.Remove(run);
        }

        return dead.Count > 0;
    }

    // One run computes on one kind of device: mixing them would make its numbers depend on placement.
    private static Dictionary<string, SiloOffer>? ChooseDevices(int ranks, string device, Dictionary<string, SiloOffer> offers)
    {
        var gpus = offers.Where(offer => offer.Value.Devices == "cuda").ToDictionary();
        var processors = offers.Where(offer => offer.Value.Devices == "cpu").ToDictionary();
        return device switch
        {
            "cuda" => gpus.Count > 0 ? gpus : null,
            "cpu" => processors.Count > 0 ? processors : null,
            _ => gpus.Values.Sum(offer => offer.Slots) >= ranks ? gpus : processors.Count > 0 ? processors : null,
        };
    }

    private Dictionary<string, IReadOnlyList<int>> FreeSlots(Dictionary<string, SiloOffer> offers)
    {
        var used = state.State.Reservations.Values.SelectMany(slots => slots).ToLookup(slot => slot.Silo, slot => slot.Slot);
        return offers.ToDictionary(
            offer => offer.Key,
            offer => (IReadOnlyList<int>)[.. Enumerable.Range(0, offer.Value.Slots).Except(used[offer.Key])],
            StringComparer.Ordinal);
    }

    private string Explain(int ranks, string device, Dictionary<string, SiloOffer> offers, int avoided)
    {
        var suitable = offers.Where(offer => device == "auto" || offer.Value.Devices == device).ToDictionary();
        var free = FreeSlots(suitable).Values.Sum(slots => slots.Count);
        var kind = device == "auto" ? "" : device + " ";
        var but = avoided > 0 ? $"; {avoided} silo(s) that just failed this run are left out for a while" : "";
        return $"waiting for {ranks} {kind}rank slots: {suitable.Count} silo(s) offer {suitable.Values.Sum(offer => offer.Slots)}, {free} of them free{but}";
    }

    private void Wait(WaitingRun run, string device, DateTimeOffset now)
    {
        var at = _waiting.FindIndex(waiting => waiting.Run.RunId == run.RunId);
        if (at >= 0)
        {
            _waiting[at] = (run, device, now);
        }
        else
        {
            _waiting.Add((run, device, now));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} could not be told that {Silo} leaves; it is told again")]
    private partial void LogNotTold(Exception error, string runId, string silo);
}
