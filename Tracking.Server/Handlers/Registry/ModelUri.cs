using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Database.Registry;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers.Registry;

/// <summary>Sources that name another model: <c>models:/MODEL_ID</c> (what MLflow 3's client sends for a logged model), <c>models:/NAME/VERSION</c>.</summary>
internal static class ModelUri
{
    private const string Scheme = "models:/";

    /// <returns>Where the files are. Any other source names that itself.</returns>
    /// <exception cref="MlflowError">The model is not there.</exception>
    public static ModelFiles Resolve(Session session, string source)
    {
        if (!source.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return new ModelFiles(source, RunId: "");
        }

        try
        {
            return source[Scheme.Length..].TrimStart('/').Split('/') switch
            {
                [{ Length: > 0 } id] when !id.Contains('@', StringComparison.Ordinal) => FilesOf(LoggedModelTable.Get(session, id)),
                [{ Length: > 0 } name, var version] when version.Length > 0 && version.All(char.IsAsciiDigit) =>
                    new ModelFiles(ModelVersionTable.Get(session, name, RegistryNames.CheckVersion(version)).StorageLocation, RunId: ""),
                _ => throw MlflowError.InvalidParameter(
                    $"'{source}' names neither a logged model ('models:/MODEL_ID') nor a version ('models:/NAME/VERSION')."),
            };
        }
        catch (MlflowError error)
        {
            throw MlflowError.Internal($"Unable to fetch model from model URI source artifact location '{source}'.Error: {error.Message}");
        }
    }

    private static ModelFiles FilesOf(LoggedModelRecord model) => new(model.ArtifactUri, model.SourceRunId);
}
