using System.Text.RegularExpressions;
using OrleansTrain.Tracking.Server.Protocol;

namespace OrleansTrain.Tracking.Server.Handlers;

internal static partial class RunIdFormat
{
    /// <exception cref="MlflowError">The ID cannot be that of a run.</exception>
    public static void Check(string runId)
    {
        if (!Pattern().IsMatch(runId))
        {
            throw MlflowError.InvalidParameter($"Invalid value {PythonJson.Dumps(runId)} for parameter 'run_id' supplied.");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9][\w\-]{0,255}$", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
