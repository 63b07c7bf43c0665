using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Specs;

namespace OrleansTrain.Client.Commands;

/// <summary>The part of <c>train</c>'s command line that becomes a spec.</summary>
internal sealed class SpecOptions
{
    private readonly Argument<string?> _task = new("TASK")
    {
        Description = "What to train: see 'orleanstrain tasks'. May stand in the spec file instead.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _file = new("--spec") { Description = "A YAML file with any keys of a spec; flags win over it.", HelpName = "FILE" };

    // All flags are text here: a spec's key knows best what it may hold, and says it in the same words wherever the value stands.
    private readonly (SpecFlag Flag, Option<string?> Option)[] _flags =
        [.. SpecFlags.All.Select(flag => (flag, new Option<string?>(flag.Name, flag.Aliases) { Description = flag.Description, HelpName = flag.ValueName }))];

    private readonly Option<string[]> _parameters = new("--param") { Description = "A parameter of the task; may be repeated.", HelpName = "NAME=VALUE" };

    private readonly Option<string[]> _set = new("--set") { Description = "Any key of a spec; may be repeated.", HelpName = "KEY=VALUE" };

    public void AddTo(Command command)
    {
        command.Add(_task);
        command.Add(_file);
        foreach (var (_, option) in _flags)
        {
            command.Add(option);
        }

        command.Add(_parameters);
        command.Add(_set);
    }

    /// <summary>The spec file's layer, if one is named, below that of the flags.</summary>
    /// <param name="workingFolder">What a relative path starts from.</param>
    public IReadOnlyList<SpecLayer> Read(ParseResult parse, string workingFolder)
    {
        var flags = new SpecLayer();
        if (parse.GetValue(_task) is { } task)
        {
            flags.Add(SpecKeys.Task, task, "command line");
        }

        foreach (var (flag, option) in _flags)
        {
            if (parse.GetValue(option) is { } text)
            {
                flags.Add(flag.Key, text, flag.Name);
            }
        }

        foreach (var (name, text) in Pairs(parse, _parameters))
        {
            flags.Add($"{SpecGroups.Parameters}.{name}", text, $"--param {name}");
        }

        foreach (var (key, text) in Pairs(parse, _set))
        {
            flags.Add(key, text, $"--set {key}");
        }

        return parse.GetValue(_file) is { } file ? [YamlSpecFile.Read(Path.GetFullPath(file, workingFolder)), flags] : [flags];
    }

    private static IEnumerable<(string Name, string Text)> Pairs(ParseResult parse, Option<string[]> option)
    {
        foreach (var pair in parse.GetValue(option) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            yield return equals > 0
                ? (pair[..equals], pair[(equals + 1)..])
                : throw new UsageException($"{option.Name} needs {option.HelpName}; found '{pair}'");
        }
    }
}
