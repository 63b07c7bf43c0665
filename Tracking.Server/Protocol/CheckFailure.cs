namespace OrleansTrain.Tracking.Server.Protocol;

/// <param name="Message">Null: MLflow's usual message for the check.</param>
internal sealed record CheckFailure(string? Message)
{
    public static readonly CheckFailure Usual = new((string?)null);
}
