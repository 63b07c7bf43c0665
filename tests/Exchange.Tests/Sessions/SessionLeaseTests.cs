using OrleansTrain.Exchange.Sessions;

namespace OrleansTrain.Exchange.Tests.Sessions;

public sealed class SessionLeaseTests
{
    // A member that the interface answers by itself, and the lease does not pass on, would hide what the session has to say.
    [Fact]
    public void EveryMemberIsPassedOnToTheSession()
    {
        var map = typeof(SessionLease).GetInterfaceMap(typeof(IExchangeSession));

        Assert.All(map.InterfaceMethods.Zip(map.TargetMethods), pair => Assert.Equal((pair.First.Name, typeof(SessionLease)), (pair.First.Name, pair.Second.DeclaringType)));
    }
}
