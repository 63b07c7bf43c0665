using System.Text.Json;
using OrleansTrain.Tracking.Server.Artifacts;
using OrleansTrain.Tracking.Server.Database;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>The artifacts of a run.</summary>
internal sealed class ArtifactListApi(TrackingDatabase database, ArtifactFolder artifacts)
{
    public IEnumerable<ApiMethod> Methods =>
    [
        ApiMethod.Get(
            "artifacts/list",
            new MessageType(Field.Text("run_id"), Field.Text("run_uuid"), Field.Text("path"), Field.Text("page_token")),
            [new("run_id", Check.Text, Check.Required), new("path", Check.Text), new("page_token", Check.Text)],
            List),
    ];

    /// <exception cref="MlflowError">The run's artifacts are somewhere else.</exception>
    public static string FolderOf(RunInfoRecord run) => run.ArtifactUri.StartsWith(ExperimentTable.ProxyScheme, StringComparison.Ordinal)
        ? run.ArtifactUri[ExperimentTable.ProxyScheme.Length..]
        : throw MlflowError.InvalidParameter(
            $"The artifacts of run {run.RunId} are at {run.ArtifactUri}, which this server does not reach: read them there.");

    public static void WriteEntry(Utf8JsonWriter json, ArtifactEntry entry, string folder)
    {
        json.WriteString("path", folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}");
        json.WriteBoolean("is_dir", entry.IsFolder);
        if (entry.Size > 0)
        {
            json.WriteNumber("file_size", entry.Size);
        }
    }

    private void List(Message request, Utf8JsonWriter json)
    {
        var path = ArtifactName.Check(request.Text("path")).TrimEnd('/');
        var run = database.Read(session => RunTable.GetInfo(session, request.RunId()));
        var entries = artifacts.List($"{FolderOf(run)}/{path}");
        json.WriteString("root_uri", run.ArtifactUri);
        json.WriteList("files", entries, (json, entry) => WriteEntry(json, entry, path));
    }
}
