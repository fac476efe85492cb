using System.CommandLine;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary><c>qabuild completion SHELL</c>: a script that lets a shell ask the tool what may follow.</summary>
internal static class CompletionCommand
{
    // The tool answers `[suggest:POSITION] "the line without its first word"` with a word a line.
    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["bash"] = """
            _qabuild() {
              local line="${COMP_LINE#* }" IFS=$'\n'
              local at=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
              COMPREPLY=($(compgen -W "$(qabuild "[suggest:$at]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _qabuild qabuild
            """,
        ["zsh"] = """
            #compdef qabuild
            _qabuild() {
              local line="${BUFFER#* }"
              local at=$((CURSOR - ${#BUFFER} + ${#line}))
              local -a found
              found=("${(@f)$(qabuild "[suggest:$at]" "$line" 2>/dev/null)}")
              [[ -n "${found[*]}" ]] && compadd -- "${found[@]}" || _files
            }
            compdef _qabuild qabuild
            """,
        ["fish"] = """
            function __qabuild_complete
              set -l line (string replace -r '^\S+\s?' '' -- (commandline -cp))
              qabuild "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c qabuild -a '(__qabuild_complete)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName qabuild -ScriptBlock {
              param($word, $line, $position)
              $first = $line.CommandElements[0].Extent.EndOffset + 1
              $rest = if ($line.ToString().Length -gt $first) { $line.ToString().Substring($first) } else { '' }
              qabuild "[suggest:$([Math]::Max(0, $position - $first))]" $rest 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = Bilingual.Here("bash, zsh, fish or pwsh.", "bash、zsh、fish 或 pwsh。") };
        shell.AcceptOnlyFromAmong([.. s_scripts.Keys]);
        var command = new Verb(
            "completion",
            "Writes a script that completes this tool's command line in a shell.",
            "写出在 shell 中补全本工具命令行的脚本。",
            "source <(qabuild completion bash)",
            "qabuild completion fish > ~/.config/fish/completions/qabuild.fish",
            "qabuild completion pwsh | Out-String | Invoke-Expression") { shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(s_scripts[parsed.GetValue(shell)!]);
            return ExitCode.Success;
        });
        return command;
    }
}
