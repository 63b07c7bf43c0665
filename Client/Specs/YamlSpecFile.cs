using OrleansTrain.Client.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OrleansTrain.Client.Specs;

/// <summary>
/// Reads a spec file: one YAML mapping of keys to single values, with mappings for the optimizer, the schedule and the task's parameters.
/// Reads events rather than building a graph, so that a small file cannot grow by aliases.
/// </summary>
internal sealed class YamlSpecFile
{
    private const int LargestFile = 1024 * 1024;

    private readonly SpecLayer _layer = new();
    private readonly string _name;
    private readonly Parser _parser;

    private YamlSpecFile(string name, TextReader reader)
    {
        _name = name;
        _parser = new Parser(reader);
    }

    /// <exception cref="UsageException">The file cannot be read or is no spec; the message names the line.</exception>
    public static SpecLayer Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > LargestFile)
            {
                throw new UsageException($"spec file {path} has {length:N0} bytes; a spec has at most {LargestFile:N0}");
            }

            return Parse(Path.GetFileName(path), File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"spec file {path} cannot be read: {exception.Message}");
        }
    }

    /// <param name="name">The file's name, for messages.</param>
    internal static SpecLayer Parse(string name, string yaml)
    {
        var file = new YamlSpecFile(name, new StringReader(yaml));
        try
        {
            return file.ReadDocument();
        }
        catch (YamlException exception)
        {
            throw new UsageException($"{name} line {exception.Start.Line} column {exception.Start.Column} is not YAML: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner trips over some text (the test has one) instead of refusing it.
            throw new UsageException(
                $"{name} is not YAML: it cannot be read beyond line {file._parser.Current?.End.Line ?? 1}; look for a bracket, brace or quote without its other half");
        }
    }

    private SpecLayer ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            throw new UsageException($"{_name} is empty; write keys like 'task: mnist' into it");
        }

        _parser.Consume<DocumentStart>();
        if (!_parser.TryConsume<MappingStart>(out _))
        {
            throw Refused(_parser.Current!, "must be a mapping of keys to values, like 'task: mnist'");
        }

        ReadMapping(prefix: "");
        _parser.Consume<DocumentEnd>();
        return _parser.Accept<StreamEnd>(out _) ? _layer : throw Refused(_parser.Current!, "a second document follows; a spec is one");
    }

    private void ReadMapping(string prefix)
    {
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var name))
            {
                throw Refused(_parser.Current!, "a key must be plain text");
            }

            ReadValue(prefix + name.Value, name, mayNest: prefix.Length == 0 && SpecGroups.MayHoldMapping(name.Value));
        }
    }

    private void ReadValue(string key, Scalar name, bool mayNest)
    {
        if (mayNest && _parser.TryConsume<MappingStart>(out _))
        {
            ReadMapping(key + ".");
            return;
        }

        if (!_parser.TryConsume<Scalar>(out var value))
        {
            throw Refused(name, mayNest ? $"{key} must be one value or a mapping" : $"{key} must be one value");
        }

        if (value.Style == ScalarStyle.Plain && value.Value is "" or "~" or "null")
        {
            throw Refused(name, $"{key} has no value; give one or remove the line");
        }

        _layer.Add(key, value.Value, $"{_name} line {name.Start.Line}");
    }

    private UsageException Refused(ParsingEvent at, string why) => new($"{_name} line {at.Start.Line}: {why}");
}
