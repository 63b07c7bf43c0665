using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansTrain.Client.Doctor;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Output;

namespace OrleansTrain.Client.Commands;

/// <summary><c>doctor</c>: looks at everything that training needs, and says how to mend what is wrong.</summary>
internal sealed class DoctorCommand(ClientServices services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Command Create()
    {
        var command = new DocumentedCommand("doctor", "Check what training needs, and say how to mend what is wrong.", "orleanstrain doctor", "orleanstrain doctor --json")
        {
            CommonOptions.Json,
        };
        command.SetAction((parse, _) => RunAsync(parse.GetValue(CommonOptions.Json)));
        return command;
    }

    private async Task<int> RunAsync(bool json)
    {
        using var interrupts = services.ListenForInterrupts();
        var running = services.DoctorChecks().Select(check => LookAsync(check, interrupts.Requested)).ToList();
        var all = new List<Finding>();
        foreach (var findings in running)
        {
            foreach (var finding in await findings)
            {
                all.Add(finding);
                if (!json)
                {
                    Show(finding);
                }
            }
        }

        if (json)
        {
            services.Terminal.WriteLine(ToJson(all));
        }

        return all.Exists(finding => finding.Level == FindingLevel.Bad) ? ExitCodes.Failed : ExitCodes.Success;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(IDoctorCheck check, CancellationToken interrupted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        patience.CancelAfter(Patience);
        try
        {
            return await check.RunAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            return [Finding.Bad(check.Subject, $"no answer within {Patience.TotalSeconds} s", "see that the server runs and that no firewall is between")];
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return [Finding.Bad(check.Subject, ErrorReport.Of(exception).Line, "see what it says")];
        }
    }

    private void Show(Finding finding)
    {
        var mark = finding.Level switch
        {
            FindingLevel.Good => "ok   ",
            FindingLevel.Doubt => "WARN ",
            _ => "FAIL ",
        };
        services.Terminal.WriteLine($"{mark} {finding.Subject,-8} {OneLine.Of(finding.Text)}");
        if (finding.Mend is not null)
        {
            services.Terminal.WriteLine($"               -> {finding.Mend}");
        }
    }

    private string ToJson(IEnumerable<Finding> findings)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("subject", finding.Subject);
                json.WriteString("level", finding.Level.ToString().ToLowerInvariant());
                json.WriteString("text", services.Terminal.Redactor.Clean(finding.Text));
                json.WriteString("mend", finding.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
