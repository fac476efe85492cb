using System.Text.RegularExpressions;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>The README's commands, one after the other, as someone types them who has just cloned the repository. Both READMEs have the same ones.</summary>
public sealed partial class ReadmeCommandTests
{
    // They would run this test, or need Ollama; what `dotnet pack` makes is tried by others.
    private static readonly string[] s_leftOut = ["dotnet test ", ".ci/pr", "-t:Ollama", "dotnet pack"];

    // Builds the tool, which takes seconds each time and makes something new only the first.
    private const string Tool = "dotnet run --project tasks/QaBuild.Tool --";

    [NpmFact]
    public async Task Every_command_of_the_chinese_readme_does_what_it_says_there()
    {
        using var folder = new TemporaryFolder();
        var checkout = await Checkout(folder);
        var logs = Repository.Path("artifacts", "test-logs", nameof(ReadmeCommandTests));
        Directory.CreateDirectory(logs);
        var environment = new Dictionary<string, string> { ["UseSharedCompilation"] = "false" };

        var blocks = Fence().Matches(await File.ReadAllTextAsync(Path.Combine(checkout, "README.zh-CN.md")));
        var (ran, built, packaged) = (0, false, false);
        for (var i = 0; i < blocks.Count; i++)
        {
            var (language, text) = (blocks[i].Groups[1].Value, blocks[i].Groups[2].Value);
            if (language != "sh" || s_leftOut.Any(l => text.Contains(l, StringComparison.Ordinal)))
            {
                continue;
            }

            var said = i + 1 < blocks.Count && blocks[i + 1].Groups[1].Value == "text" ? blocks[i + 1].Groups[2].Value : "";
            var fails = said.Contains("error QA", StringComparison.Ordinal) && !text.Contains("||", StringComparison.Ordinal);
            var typed = built ? text.Replace(Tool, "dotnet artifacts/bin/QaBuild.Tool/debug/qabuild.dll", StringComparison.Ordinal) : text;
            built |= text.Contains(Tool, StringComparison.Ordinal);
            using var bash = Command.Start("bash", checkout, environment, "-c", fails ? typed : "set -e\n" + typed);
            var result = await bash.Ends();
            await File.WriteAllTextAsync(Path.Combine(logs, $"{++ran:d2}.log"), $"{text}\nexit code {result.ExitCode}\n\n{result.Output}");

            Assert.True(fails == (result.ExitCode != 0), $"exit code {result.ExitCode} of\n{text}\n{result.Output}");
            AssertSays(said, result.Output, text);

            // One of the last commands is Clean.
            var models = Path.Combine(checkout, "artifacts", "model");
            packaged |= Directory.Exists(models) && Directory.GetFiles(models, "*Q4_K_M.gguf").Length > 0;
        }

        Assert.True(ran > 20, $"only {ran} blocks of commands were found");
        Assert.True(packaged, "no model was packaged");
    }

    /// <summary>What Git has of the working tree, as a repository of its own.</summary>
    private static async Task<string> Checkout(TemporaryFolder folder)
    {
        var target = Path.Combine(folder.Path, "qabuild");
        Directory.CreateDirectory(target);
        using var copy = Command.Start("bash", Repository.Root, null, "-c", "set -eo pipefail; git ls-files -z --cached --others --exclude-standard --deduplicate | tar --null --ignore-failed-read -T - -cf - | tar -xf - -C \"$0\"", target);
        (await copy.Ends()).Exits(0);
        using var commit = Command.Start("bash", target, null, "-c", "set -e; git init -q; git add -A; git -c user.name=reader -c user.email=reader@example.com commit -qm cloned");
        (await commit.Ends()).Exits(0);
        return target;
    }

    /// <summary>Asserts that the lines of a block stand in the output in their order; … stands for anything.</summary>
    private static void AssertSays(string expected, string output, string command)
    {
        var lines = output.Split('\n');
        var at = 0;
        foreach (var line in expected.Split('\n').Where(l => l.Trim(' ', '…').Length > 0))
        {
            var pattern = new Regex("^" + string.Join(".*", line.Trim().Split('…').Select(p => Regex.Escape(p.Trim()))) + "$");
            var found = Array.FindIndex(lines, at, l => pattern.IsMatch(l.Trim()));
            Assert.True(found >= 0, $"'{line}' was not said, or not after the lines before it, by\n{command}\n{output}");
            at = found + 1;
        }
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();
}
