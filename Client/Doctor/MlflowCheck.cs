using System.Diagnostics;
using System.Globalization;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client.Doctor;

/// <summary>The MLflow server that <c>MLFLOW_TRACKING_URI</c> names: reachable, of a known version, open to us, in time.</summary>
internal sealed class MlflowCheck(Func<MlflowClientOptions?> readOptions, TimeProvider time) : IDoctorCheck
{
    public string Subject => "mlflow";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return readOptions() is { } options
                ? await LookAsync(options, cancellationToken)
                : [Finding.Good(Subject, "not configured (MLFLOW_TRACKING_URI): tracking is embedded")];
        }
        catch (FormatException exception)
        {
            return [Finding.Bad(Subject, exception.Message, "correct the variable")];
        }
        catch (MlflowException exception)
        {
            return [Finding.Bad(Subject, exception.Message, Mend(exception))];
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(MlflowClientOptions options, CancellationToken cancellationToken)
    {
        using var mlflow = new MlflowClient(options);
        var watch = Stopwatch.StartNew();
        var version = await mlflow.GetVersionAsync(cancellationToken);
        watch.Stop();

        // The version is open to all; experiments are not.
        await mlflow.FindExperimentAsync("Default", cancellationToken);
        var text = string.Create(CultureInfo.InvariantCulture, $"{version} at {mlflow.TrackingUri}, answers in {watch.Elapsed.TotalMilliseconds:0} ms");
        var findings = new List<Finding>
        {
            IsKnown(version) ? Finding.Good(Subject, text) : Finding.Doubt(Subject, text, "MLflow 2.x and 3.x are known to work"),
        };
        if (await HttpClock.CheckAsync(Subject, mlflow.TrackingUri, time, cancellationToken) is { } skew)
        {
            findings.Add(skew);
        }

        return findings;
    }

    private static bool IsKnown(string version) => version.StartsWith("2.", StringComparison.Ordinal) || version.StartsWith("3.", StringComparison.Ordinal);

    private static string Mend(MlflowException exception) => (int?)exception.StatusCode switch
    {
        401 => "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
        403 => "allow this host name on the server (MLFLOW_SERVER_ALLOWED_HOSTS), and give the user rights",
        _ => "start the server, or correct MLFLOW_TRACKING_URI",
    };
}
