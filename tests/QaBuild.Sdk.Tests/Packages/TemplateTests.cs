namespace QaBuild.Sdk.Tests.Packages;

/// <summary><c>dotnet new qabuild</c>.</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("en", "job_Database Administrator/skill_Backup/qa_l_002.md", "Database Administrator", "Backup")]
    [InlineData("zh", "job_数据库管理员/skill_备份与恢复/qa_l_002.md", "数据库管理员", "备份与恢复")]
    public async Task A_new_knowledge_base_builds_passes_its_checks_and_takes_a_new_question(string locale, string next, string job, string skill)
    {
        using var consumer = await Consumer.Create($"{locale} 库", $"{nameof(TemplateTests)}-{locale}");
        (await consumer.Dotnet("new", "install", Path.Combine(Packed.Feed, $"QaBuild.Templates.{consumer.Version}.nupkg"))).Exits(0);
        (await consumer.Dotnet("new", "qabuild", "-n", "dba-kb", "-o", ".", "--locale", locale)).Exits(0);

        Assert.Equal(
            [".config/dotnet-tools.json", ".editorconfig", ".gitattributes", ".github/qabuild-matcher.json", ".github/workflows/dataset.yml", ".gitignore", ".vscode/extensions.json", ".vscode/settings.json", ".vscode/tasks.json", "README.md", "dba-kb.proj"],
            Files(consumer).Where(f => !f.StartsWith("kb/", StringComparison.Ordinal)));
        Assert.StartsWith("# dba-kb\n", await File.ReadAllTextAsync(consumer.Place("README.md")), StringComparison.Ordinal);
        Assert.Equal(4, Files(consumer).Count(f => f.StartsWith("kb/", StringComparison.Ordinal)));

        (await consumer.Build()).Exits(0).Says("(rows: train.jsonl 1, valid.jsonl 1, test.jsonl 1)").NeverSays("QA");

        // What its workflow runs on a pull request that changes nothing.
        (await consumer.Run("bash", "-c", "git init -q && git add -A && git -c user.name=a -c user.email=a@example.com commit -qm first && git -c user.name=a -c user.email=a@example.com commit -qm second --allow-empty")).Exits(0);
        var workflow = await File.ReadAllLinesAsync(consumer.Place(".github/workflows/dataset.yml"));
        var commands = workflow.Where(l => l.Contains(" dotnet build ", StringComparison.Ordinal)).Select(l => l[l.IndexOf("dotnet build", StringComparison.Ordinal)..].Split(' ')[1..]).ToList();
        Assert.Equal(2, commands.Count);
        foreach (var command in commands)
        {
            (await consumer.Dotnet(command)).Exits(0).NeverSays("QA");
        }

        Assert.True(File.Exists(consumer.Place("artifacts/diff/diff.md")));

        (await consumer.Dotnet("tool", "restore")).Exits(0);
        (await consumer.Dotnet("qabuild", "new", "qa", "--job", job, "--skill", skill, "--level", "l", "--language", locale)).Exits(0).Says($"kb/{next} is written.").Says("(line 17)").Says("(line 19)");

        var (question, answer) = locale == "zh" ? ("问题", "答案") : ("Question", "Answer");
        (await consumer.Build()).Exits(1)
            .Says($"{Path.GetFileName(next)}(17,1): error QA1006: The section '## {question}'")
            .Says($"{Path.GetFileName(next)}(19,1): error QA1006: The section '## {answer}'");
    }

    private static IEnumerable<string> Files(Consumer consumer) =>
        Directory.EnumerateFiles(consumer.Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(consumer.Folder, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("artifacts/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
