using OrleansTrain.Exchange.Frames;
using OrleansTrain.Exchange.Hub;
using OrleansTrain.Exchange.Links;
using OrleansTrain.Exchange.Messages;
using OrleansTrain.Exchange.SharedMemory;
using OrleansTrain.Exchange.Synchronization;
using OrleansTrain.Exchange.Tcp;
using OrleansTrain.Training.Optimizers;

namespace OrleansTrain.Exchange.Sessions;

/// <summary>Builds sessions: chooses the way to each other silo from the plan.</summary>
internal sealed class SessionFactory(ExchangeHubOptions options, ChannelListener listener, MessageDesk desk, IFrameCourier? courier)
{
    /// <exception cref="ArgumentException">The plan asks for shared memory between silos that have none.</exception>
    public IExchangeSession Create(ExchangePlan plan)
    {
        if (plan.Mode == ExchangeMode.None)
        {
            return new UnsharedSession(plan);
        }

        var shape = new SessionShape(plan);
        var fault = new SessionFault();
        var neighbours = Neighbours(plan);
        var shares = neighbours.Count > 1 && plan.Mode is not (ExchangeMode.Tcp or ExchangeMode.Orleans);
        var spin = SpinPolicy.For(
            neighbours.Sum(silo => plan.Silos[silo].Ranks.Count), bySockets: neighbours.Count > 1 && !(shares && neighbours.Count == plan.Silos.Count));
        var optimizer = OptimizerCatalog.Create(plan.Optimizer, shape.SharesUpdate ? plan.Layout.Length : shape.OwnShard.Length);
        if (!shares)
        {
            var own = ParameterBuffer.Allocate(plan.Layout.Length);
            var early = SendsEarly(plan, neighbours);
            return new ExchangeSession(shape, own, optimizer, Links(shape, own, null, fault, spin, early), null, fault, spin, early);
        }

        var pages = ParameterBuffer.AllocatePages(plan.Layout.Length);
        var group = new HostGroup(shape, neighbours, pages, optimizer, fault, spin);
        return new ExchangeSession(shape, pages, optimizer, Links(shape, pages, group, fault, spin, early: false), group, fault, spin, early: false);
    }

    /// <summary>The silos on this host, this one included.</summary>
    private static List<int> Neighbours(ExchangePlan plan)
    {
        var neighbours = Enumerable.Range(0, plan.Silos.Count).Where(silo => plan.CanShareMemory(plan.Self, silo)).ToList();
        if (plan.Mode == ExchangeMode.SharedMemory && neighbours.Count < plan.Silos.Count)
        {
            var other = Enumerable.Range(0, plan.Silos.Count).First(silo => !neighbours.Contains(silo));
            throw new ArgumentException(
                $"The exchange is 'shm', but {PeerEnd.Describe(plan, plan.Self)} and {PeerEnd.Describe(plan, other)} share no memory "
                + $"(same host and same {SharedSegment.Folder}): choose auto or tcp.");
        }

        return neighbours;
    }

    /// <summary>
    /// Whether partial sums go out while backward passes run: where a core is left for it, unless the plan says. Never where silos share the parameter
    /// buffer, which would change under a neighbour's pass, nor by messages, whose arrival must not wait.
    /// </summary>
    private static bool SendsEarly(ExchangePlan plan, List<int> neighbours) =>
        plan.Silos.Count > 1
        && plan.Mode != ExchangeMode.Orleans
        && (plan.Overlap == OverlapMode.On
            || (plan.Overlap == OverlapMode.Auto && neighbours.Sum(silo => plan.Silos[silo].Ranks.Count) < Environment.ProcessorCount));

    private List<IPeerLink> Links(SessionShape shape, ParameterBuffer parameters, HostGroup? group, SessionFault fault, SpinPolicy spin, bool early)
    {
        var digest = PlanDigest.Compute(shape);
        var links = new List<IPeerLink>();
        foreach (var silo in Enumerable.Range(0, shape.Plan.Silos.Count).Where(silo => silo != shape.Plan.Self))
        {
            var channel = Channel(shape, silo, digest);
            links.Add(group is not null && group.Layout.Members.Contains(silo)
                ? new SharedMemoryLink(shape, silo, group, channel, fault)
                : new FrameLink(shape, silo, parameters, channel, fault, spin, early));
        }

        return links;
    }

    private IFrameChannel Channel(SessionShape shape, int silo, byte[] digest)
    {
        if (shape.Plan.Mode == ExchangeMode.Orleans)
        {
            var messages = new MessageChannel(
                shape.Plan, silo, digest, courier ?? throw new ArgumentException("The exchange is 'orleans', but this silo has nothing that sends messages."), desk, options);
            desk.Add(messages);
            return messages;
        }

        var channel = new TcpChannel(shape, silo, digest, listener, options);
        listener.Expect(channel);
        return channel;
    }
}
