using System.CommandLine;

namespace OrleansTrain.Hosting.Usage;

/// <summary>Makes one line of what is wrong with a command line, with the nearest name for a misspelt one.</summary>
public static class ParseErrors
{
    /// <summary>The first thing that is wrong.</summary>
    /// <param name="parse">With errors.</param>
    public static string Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (parse.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-')) is { } flag)
        {
            var name = flag.Split('=', 2)[0];
            var meant = NearestName.Find(name, Flags(parse));
            // Not all of them, as of commands: train has more than thirty, and the one meant would be lost among them.
            return $"{NameOf(parse)} has no flag '{name}'; {(meant is null ? "see" : $"did you mean '{meant}'? See")} {NameOf(parse)} --help";
        }

        if (parse.UnmatchedTokens is [var stray, ..])
        {
            return command.Subcommands.Count > 0
                ? NearestName.Suggest($"there is no command '{stray}'", stray, "Commands", Commands(command))
                : $"{NameOf(parse)} takes no further argument '{stray}'; see {NameOf(parse)} --help";
        }

        if (command.Action is null && command.Subcommands.Count > 0)
        {
            return $"{NameOf(parse)} needs a command. Commands: {string.Join(", ", Commands(command))}";
        }

        return parse.Errors[0].Message;
    }

    private static List<string> Commands(Command command) =>
        [.. command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name)];

    private static IEnumerable<string> Flags(ParseResult parse)
    {
        var own = parse.CommandResult.Command.Options.Where(option => !option.Hidden);
        var inherited = parse.RootCommandResult.Command.Options.Where(option => option.Recursive && !option.Hidden);
        return own.Concat(inherited).Select(option => option.Name).Distinct();
    }

    private static string NameOf(ParseResult parse)
    {
        var names = new List<string>();
        for (var result = (System.CommandLine.Parsing.SymbolResult?)parse.CommandResult; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult { Command: var command })
            {
                names.Insert(0, command.Name);
            }
        }

        return string.Join(' ', names);
    }
}
