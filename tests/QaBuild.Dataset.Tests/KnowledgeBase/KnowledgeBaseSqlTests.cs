using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>An answer that does not run teaches a model to write what does not run.</summary>
public sealed class KnowledgeBaseSqlTests
{
    [PostgresFact]
    public async Task The_sql_of_every_answer_runs()
    {
        var units = Compiled.At(Repository.Path("kb")).Compilation.Units;
        var scripts = units.Select(u => (Unit: u, Script: Sql(u))).Where(s => s.Script.Length > 0).ToList();
        Assert.True(scripts.Count * 2 > units.Count, $"only {scripts.Count} of {units.Count} answers hold SQL");

        using var cluster = await PostgresCluster.Start(Repository.Path("tests", "QaBuild.Dataset.Tests", "KnowledgeBase", "fixture.sql"));
        var failures = new List<string>();
        foreach (var (unit, script) in scripts)
        {
            var run = await cluster.Run(script);
            if (run.ExitCode != 0)
            {
                failures.Add($"{unit.File.FullPath}({unit.Answer.Line}): {run.Output}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void The_sql_blocks_of_an_answer_are_what_is_run()
    {
        var answer = "First:\n\n```sql\nSELECT 1;\n```\n\n```text\nnot SQL\n```\n\n1. Then:\n\n   ```sql\n   SELECT 2;\n   ```";
        Assert.Equal("SELECT 1;\n   SELECT 2;\n", Sql(Compiled.Of(Qa.Text(answer: answer)).Compilation.Units[0]));
    }

    private static string Sql(QaUnit unit)
    {
        var script = "";
        var (open, sql) = (false, false);
        foreach (var line in unit.Answer.Text.Split('\n'))
        {
            var mark = line.TrimStart();
            if (mark.StartsWith("```", StringComparison.Ordinal))
            {
                (open, sql) = (!open, !open && mark.Trim() == "```sql");
            }
            else if (sql)
            {
                script += line + "\n";
            }
        }

        return script;
    }
}
