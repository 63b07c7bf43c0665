namespace OrleansTrain.Exchange.Plans;

/// <summary>Refuses plans that no session can be opened with.</summary>
internal static class ExchangePlanValidation
{
    private const int SecretLength = 32;

    /// <exception cref="ArgumentException">The plan contradicts itself; the message says where.</exception>
    public static void ThrowIfInvalid(this ExchangePlan plan)
    {
        Require(plan.RunId.Length is > 0 and <= 256, $"The run's ID has {plan.RunId.Length} characters: expected 1 to 256.");
        Require(plan.Attempt >= 1, $"Attempt {plan.Attempt}: the first one is 1.");
        Require(plan.Silos.Count > 0, "The plan names no silo.");
        Require(plan.Self >= 0 && plan.Self < plan.Silos.Count, $"This silo has index {plan.Self}: the plan names {plan.Silos.Count} silos.");
        Require(plan.FirstStep >= 0, $"The first step is {plan.FirstStep}: expected 0 or more.");
        Require(plan.StepTimeout > TimeSpan.Zero, $"The step timeout is {plan.StepTimeout}: expected more than zero.");
        var ranks = plan.Silos.SelectMany(silo => silo.Ranks).Order().ToList();
        Require(plan.Silos.All(silo => silo.Ranks.Count > 0), "A silo of the plan hosts no rank.");
        Require(ranks.SequenceEqual(Enumerable.Range(0, ranks.Count)), $"The silos host ranks {string.Join(", ", ranks)}: expected each of 0 to {ranks.Count - 1} once.");
        if (plan.Silos.Count == 1)
        {
            return;
        }

        Require(plan.Mode != ExchangeMode.InProcess, $"The exchange is 'inproc' but the ranks are on {plan.Silos.Count} silos: choose auto, shm, tcp or orleans.");
        Require(plan.Secret.Length == SecretLength, $"The secret has {plan.Secret.Length} bytes: expected {SecretLength}.");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
