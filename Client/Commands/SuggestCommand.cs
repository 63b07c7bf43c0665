using System.CommandLine;
using OrleansTrain.Client.Errors;

namespace OrleansTrain.Client.Commands;

/// <summary><c>suggest</c>: what may come next in a command line. Called by the scripts of <see cref="CompletionCommand"/>.</summary>
internal static class SuggestCommand
{
    public static Command Create(ClientServices services, Command root)
    {
        var position = new Argument<int>("POSITION") { Description = "Characters before the cursor." };
        var line = new Argument<string>("LINE") { Description = "The command line so far." };
        var command = new Command("suggest", "Print what may come next in a command line.") { position, line };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            // A shell may call the program by any path.
            var text = parse.GetRequiredValue(line);
            var end = text.IndexOf(' ', StringComparison.Ordinal);
            var rest = end < 0 ? "" : text[end..];
            var cursor = Math.Max(0, parse.GetRequiredValue(position) - Math.Max(0, end)) + root.Name.Length;
            foreach (var item in root.Parse(root.Name + rest).GetCompletions(cursor))
            {
                services.Terminal.Output.WriteLine(item.Label);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
