using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Balance;

public sealed class BalanceTests
{
    private static readonly (string, string) OneSplit = ("SplitRatio", "1/0/0");

    private static readonly Dictionary<string, string> Kb = new()
    {
        ["job_dba/skill_sql/qa_l_001.md"] = Qa.Text("What is a lock?"),
        ["job_dba/skill_sql/qa_l_002.md"] = Qa.Text("What is a page?", new string('x', 50)),
        ["job_dba/skill_wal/qa_m_001.md"] = Qa.Text("Why is there a log?", skill: "wal", level: "m"),
        ["job_开发/skill_sql/qa_h_001.md"] = Qa.Text("一张表最多有多少列？", "一千六百列。", "开发", "sql", "h", front: "negative: true\nweight: 5\nparaphrases:\n  - 列数的上限是多少？"),
    };

    [Fact]
    public void The_manifest_counts_questions_by_what_they_are()
    {
        var compiled = Compiled.Of(Kb, OneSplit);

        Assert.Equal(["questions=4", "negatives=1/0.25"], [$"questions={Table(compiled).GetProperty("questions")}", $"negatives={Entry(Table(compiled).GetProperty("negatives"))}"]);
        Assert.Equal(["dba=3/0.75", "开发=1/0.25"], Counts(compiled, "job"));
        Assert.Equal(["dba/sql=2/0.5", "dba/wal=1/0.25", "开发/sql=1/0.25"], Counts(compiled, "skill"));
        Assert.Equal(["l=2/0.5", "m=1/0.25", "h=1/0.25"], Counts(compiled, "level"));
        Assert.Equal(["en=3/0.75", "zh=1/0.25"], Counts(compiled, "language"));
        Assert.Equal(["what=2/0.5", "why=1/0.25", "howMany=1/0.25"], Counts(compiled, "opening").Where(c => !c.Contains("=0/", StringComparison.Ordinal)));
        Assert.Equal(["0-49=3/0.75", "50-99=1/0.25"], Counts(compiled, "answerLength").Where(c => !c.Contains("=0/", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_has_no_question_stands_in_the_table_all_the_same()
    {
        var compiled = Compiled.Of(Qa.Text("Why?"), OneSplit);

        Assert.Equal(["where", "what", "difference", "why", "how", "when", "who", "which", "howMany", "whether", "other"], Counts(compiled, "opening").Select(c => c.Split('=')[0]));
        Assert.Equal(["0-49", "50-99", "100-199", "200-499", "500-999", "1000-1999", "2000-4999", "5000+"], Counts(compiled, "answerLength").Select(c => c.Split('=')[0]));
    }

    [Fact]
    public void Only_what_is_in_the_dataset_is_counted()
    {
        Assert.Equal(["dba=3/1.0"], Counts(Compiled.Of(Kb, OneSplit, ("ExcludeJob", "开发")), "job"));
        Assert.Equal(["开发/sql=1/1.0"], Counts(Compiled.Of(Kb, OneSplit, ("IncludeLanguage", "zh")), "skill"));
        Assert.Empty(Counts(Compiled.Of(Kb, OneSplit, ("IncludeJob", "none")), "job"));
    }

    [Fact]
    public void A_unit_from_the_cache_counts_as_one_that_was_read()
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        foreach (var (path, text) in Kb)
        {
            File.SetLastWriteTimeUtc(folder.Write("kb/" + path, text), DateTime.UtcNow.AddDays(-1));
        }

        string Manifest()
        {
            var compilation = new Compilation(Dataset.Sources.SourceList.Find(Path.Combine(folder.Path, "kb")), new Dictionary<string, string> { ["SplitRatio"] = "1/0/0" }, Path.Combine(cache.Path, "units"));
            var emitted = compilation.Run()!;
            emitted.WriteTo(Path.Combine(folder.Path, "out"));
            compilation.KeepUnits().Wait();
            Assert.Equal(3, compilation.Units.Count(u => u.Cached is not null));
            return File.ReadAllText(Path.Combine(folder.Path, "out", "manifest.json"));
        }

        var first = Manifest();
        Assert.True(File.Exists(Path.Combine(cache.Path, "units")));
        Assert.Equal(first, Manifest());
        Assert.Contains("""{"name":"why","questions":1,"share":0.25}""", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxShareOfJob", "Questions of the job 'dba': 3 of 4 (75%), more than the 74% of MaxShareOfJob.")]
    [InlineData("MaxShareOfSkill", "Questions of the skill 'dba/sql': 2 of 4 (50%), more than the 49% of MaxShareOfSkill.")]
    [InlineData("MaxShareOfLevel", "Questions of the level l: 2 of 4 (50%), more than the 49% of MaxShareOfLevel.")]
    [InlineData("MaxShareOfLanguage", "Questions in the language en: 3 of 4 (75%), more than the 74% of MaxShareOfLanguage.")]
    [InlineData("MaxShareOfOpening", "Questions of the form 'what': 2 of 4 (50%), more than the 49% of MaxShareOfOpening.")]
    [InlineData("MaxShareOfAnswerLength", "Answers of 0-49 characters: 3 of 4 (75%), more than the 74% of MaxShareOfAnswerLength.")]
    [InlineData("MinShareOfNegatives", "Questions whose answer declines: 1 of 4 (25%), fewer than the 26% of MinShareOfNegatives.")]
    public void What_passes_a_limit_is_one_warning_and_what_just_keeps_it_is_none(string property, string message)
    {
        var limit = int.Parse(message.Split('%')[1].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        var kept = limit + (property[1] == 'a' ? 1 : -1);

        var compiled = Compiled.Of(Kb, OneSplit, (property, $"{limit}"));
        Assert.Equal(["QA5016"], compiled.Codes);
        Assert.StartsWith("qabuild: warning QA5016: " + message, compiled.Report, StringComparison.Ordinal);
        Assert.Empty(Compiled.Of(Kb, OneSplit, (property, $"{kept}%")).Codes);
    }

    [Fact]
    public void Nothing_is_limited_unless_the_project_says_so() => Assert.Empty(Compiled.Of(Qa.Files(50), OneSplit).Codes);

    [Theory]
    [InlineData("101")]
    [InlineData("0.5")]
    [InlineData("half")]
    public void A_limit_is_a_whole_number_of_percent(string value) =>
        Assert.Contains($"The property MaxShareOfJob cannot be '{value}': a whole number from 0 to 100", Compiled.Of(Kb, OneSplit, ("MaxShareOfJob", value)).Report, StringComparison.Ordinal);

    private static JsonElement Table(Compiled compiled) => JsonSerializer.Deserialize<JsonElement>(compiled.Manifest).GetProperty("balance");

    private static string[] Counts(Compiled compiled, string dimension) =>
        [.. Table(compiled).GetProperty(dimension).EnumerateArray().Select(e => $"{e.GetProperty("name").GetString()}={Entry(e)}")];

    private static string Entry(JsonElement entry) => $"{entry.GetProperty("questions")}/{entry.GetProperty("share")}";
}
