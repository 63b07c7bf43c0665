using System.CommandLine;
using OrleansTrain.Client.Errors;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Commands;

/// <summary><c>completion</c>: the script that makes a shell ask the program itself, by <see cref="SuggestCommand"/>.</summary>
internal static class CompletionCommand
{
    private static readonly SortedDictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _orleanstrain() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" suggest "${COMP_POINT}" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -F _orleanstrain orleanstrain ./orleanstrain
            """,
        ["fish"] = """
            complete -f -c orleanstrain -a '(commandline -cp | read -l line; orleanstrain suggest (string length -- $line) $line 2>/dev/null)'
            """,
        ["zsh"] = """
            _orleanstrain() {
              local -a found
              found=("${(@f)$("${words[1]}" suggest "${CURSOR}" "${BUFFER}" 2>/dev/null)}")
              compadd -- $found
            }
            compdef _orleanstrain orleanstrain
            """,
    };

    public static Command Create(ClientServices services)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Scripts.Keys) };
        var command = new DocumentedCommand("completion", "Print a script that completes commands and flags in a shell.", "source <(orleanstrain completion bash)")
        {
            shell,
        };
        command.SetAction(parse =>
        {
            var name = parse.GetRequiredValue(shell);
            services.Terminal.Output.WriteLine(Scripts.TryGetValue(name, out var script)
                ? script
                : throw new UsageException(NearestName.Suggest($"there is no completion for '{name}'", name, "Shells", Scripts.Keys)));
            return ExitCodes.Success;
        });
        return command;
    }
}
