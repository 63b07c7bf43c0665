using System.ComponentModel;
using System.Diagnostics;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Logging;

namespace OrleansTrain.Client.Runs;

/// <summary>Finds out who starts a run and from what, as MLflow's Python client does.</summary>
internal sealed class RunSourceReader(Func<string, string?> environment, string workingFolder, Redactor redactor)
{
    private static readonly TimeSpan LongestGit = TimeSpan.FromSeconds(2);

    /// <param name="arguments">The command line; secrets are taken out.</param>
    public async Task<RunSource> ReadAsync(IReadOnlyList<string> arguments)
    {
        var user = FindUser();
        var name = redactor.Clean(string.Join(' ', arguments.Prepend("orleanstrain")));
        var commit = await FindCommitAsync();
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["mlflow.user"] = user,
            ["mlflow.source.name"] = name,
            ["mlflow.source.type"] = "LOCAL",
        };
        if (commit is not null)
        {
            tags["mlflow.source.git.commit"] = commit;
        }

        return new RunSource(user, name, commit, tags);
    }

    // The order of Python's getpass.getuser, which MLflow asks.
    private string FindUser() =>
        new[] { "LOGNAME", "USER", "LNAME", "USERNAME" }.Select(environment).FirstOrDefault(user => !string.IsNullOrEmpty(user))
        ?? Environment.UserName;

    private async Task<string?> FindCommitAsync()
    {
        using var patience = new CancellationTokenSource(LongestGit);
        var start = new ProcessStartInfo("git", ["rev-parse", "HEAD"])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            try
            {
                var commit = await git.StandardOutput.ReadToEndAsync(patience.Token);
                await git.WaitForExitAsync(patience.Token);
                return git.ExitCode == 0 ? commit.Trim() : null;
            }
            catch (OperationCanceledException)
            {
                git.Kill();
                return null; // a run without the tag is better than one that does not start
            }
        }
        catch (Win32Exception)
        {
            return null; // no git here
        }
    }
}
