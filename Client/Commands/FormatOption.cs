using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Client.Specs;
using OrleansTrain.Data.Formats;
using OrleansTrain.Grains.Abstractions.Specs;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Commands;

/// <summary>How <c>data put</c> and <c>data inspect</c> are told the format of what they read: by the keys that <c>train</c> takes for it.</summary>
internal sealed class FormatOption
{
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "The format and its options, as for 'train': format=images, format.label={split}/{label}_{*}.png; may be repeated.",
        HelpName = "KEY=VALUE",
    };

    public void AddTo(Command command) => command.Add(_set);

    /// <summary>The format; recognised by the files unless one is named.</summary>
    /// <exception cref="UsageException">A key is none of a format's, or its value is refused.</exception>
    public DataFormat Read(ParseResult parse)
    {
        var spec = new RunSpec { Task = "", Experiment = "", Dataset = "", CheckpointUri = "" };
        foreach (var pair in parse.GetValue(_set) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? pair[..equals] : throw new UsageException($"--set needs {_set.HelpName}; found '{pair}'");
            var key = IsFormat(name) ? SpecKeys.Find(name) : null;
            if (key is null)
            {
                throw new UsageException(NearestName.Suggest($"'{name}' is no key of a format (--set {name})", name, "Keys", [.. SpecKeys.Names.Where(IsFormat)]));
            }

            spec = key.Apply(spec, pair[(equals + 1)..]) ?? throw new UsageException($"{name} must be {key.Allowed}; found '{pair[(equals + 1)..]}' (--set {name})");
        }

        return DataFormat.Auto.Configured(spec.Format, spec.FormatOptions);
    }

    private static bool IsFormat(string key) => key == SpecGroups.Format || key.StartsWith($"{SpecGroups.Format}.", StringComparison.Ordinal);
}
