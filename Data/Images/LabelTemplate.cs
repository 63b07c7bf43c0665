using System.Text.RegularExpressions;
using OrleansTrain.Data.Formats;

namespace OrleansTrain.Data.Images;

/// <summary>
/// Reads the label of an image out of its name below the dataset's prefix. <c>folder</c>: the folder it lies in. With braces, a template:
/// <c>{split}/{label}_{*}.png</c>, where <c>{*}</c> is anything. Otherwise a regular expression with a group <c>label</c>. Thread-safe.
/// </summary>
internal sealed class LabelTemplate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _pattern;
    private readonly bool _folder;

    /// <exception cref="DatasetException">It names no label, or is no regular expression.</exception>
    public LabelTemplate(string template)
    {
        _folder = template == "folder";
        var pattern = template == "folder" ? "(?:^|/)(?<label>[^/]+)/[^/]+$" : template.Contains('{', StringComparison.Ordinal) && !template.Contains("(?<", StringComparison.Ordinal) ? Translate(template) : template;
        try
        {
            _pattern = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Patience);
        }
        catch (ArgumentException error)
        {
            throw new DatasetException($"The label template '{template}' is no regular expression: {error.Message}", error);
        }

        if (!_pattern.GetGroupNames().Contains("label"))
        {
            throw new DatasetException($"The label template '{template}' names no label: expected {{label}} or a group (?<label>…).");
        }
    }

    /// <summary>The label, or null when the name does not match, or when the folder that would be the label is the split's.</summary>
    public string? Find(string name) =>
        _folder && name.IndexOf('/', StringComparison.Ordinal) == name.LastIndexOf('/') && SplitRule.NamesSplit(name) ? null
        : _pattern.Match(name) is { Success: true } match && match.Groups["label"].Length > 0 ? match.Groups["label"].Value : null;

    private static string Translate(string template) =>
        "^" + Regex.Replace(Regex.Escape(template), @"\\\{(?<name>\\\*|\w+)}", match => match.Groups["name"].Value is "\\*" ? ".*" : $"(?<{match.Groups["name"].Value}>[^/]*?)") + "$";
}
