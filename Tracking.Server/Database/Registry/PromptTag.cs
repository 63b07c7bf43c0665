namespace OrleansTrain.Tracking.Server.Database.Registry;

internal static class PromptTag
{
    /// <summary>The tag that makes a registered model, or a version of one, a prompt.</summary>
    public const string Key = "mlflow.prompt.is_prompt";
}
