using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Duplicates;

public sealed class DuplicateThresholdTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string CacheFile => _folder.Path + ".cache";

    public void Dispose()
    {
        _folder.Dispose();
        File.Delete(CacheFile);
    }

    [Theory]
    [InlineData("DuplicateErrorThreshold", "0.6", "a number above 0.6")]
    [InlineData("DuplicateWarnThreshold", "0.1", "a number above 0.6")]
    [InlineData("DuplicateWarnThreshold", "0", "above 0 and at most 1")]
    [InlineData("DuplicateWarnThreshold", "1.01", "above 0 and at most 1")]
    [InlineData("DuplicateWarnThreshold", "-0.7", "above 0 and at most 1")]
    [InlineData("DuplicateErrorThreshold", "0,9", "above 0 and at most 1")]
    [InlineData("DuplicateErrorThreshold", "NaN", "above 0 and at most 1")]
    [InlineData("DuplicateWarnThreshold", "0.9", "may not be above DuplicateErrorThreshold, which is 0.88")]
    public void A_threshold_out_of_range_is_a_bad_option(string name, string value, string reason)
    {
        var compiled = Alike.Compile(Alike.Files("Why?"), (name, value));
        Assert.Equal(["QA1027"], compiled.Codes);
        Assert.Contains($"{name} cannot be '{value}'", compiled.Report, StringComparison.Ordinal);
        Assert.Contains(reason, compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_threshold_below_the_usual_warn_threshold_is_a_bad_option_that_names_both_numbers()
    {
        var report = Alike.Compile(Alike.Files("Why?"), ("DuplicateErrorThreshold", "0.65")).Report;
        Assert.Contains("DuplicateWarnThreshold cannot be '0.7'", report, StringComparison.Ordinal);
        Assert.Contains("which is 0.65", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DuplicateErrorThreshold", "0.8", "QA3003")]
    [InlineData("DuplicateErrorThreshold", "1", "QA3004")]
    [InlineData("DuplicateWarnThreshold", "0.86", null)]
    [InlineData("DuplicateWarnThreshold", "1", null)]
    public void Thresholds_say_what_is_nearly_the_same_and_what_is_similar(string name, string value, string? code) =>
        Assert.Equal(code is null ? [] : [code], Alike.Compile(Alike.Files(Alike.Vacuum, Alike.VacuumSimilar), (name, value)).Codes);

    [Fact]
    public void A_warn_threshold_of_1_still_finds_the_same_question() =>
        Assert.Equal(["QA3001"], Alike.Compile(Alike.Files("Why?", "WHY", Alike.Cleaning, Alike.CleaningNearly), ("DuplicateWarnThreshold", "1")).Codes);

    [Fact]
    public void Another_threshold_seed_or_list_of_warnings_makes_nothing_of_the_sources_anew_and_judges_anew()
    {
        Write();
        Assert.DoesNotContain(true, Kept(Compile()));
        foreach (var (name, value, similar) in new[] { ("DuplicateWarnThreshold", "0.7", 1), ("DuplicateWarnThreshold", "0.86", 0), ("DuplicateWarnThreshold", "0.65", 2), ("SplitSeed", "9", 1), ("NoWarn", "QA3004", 0), ("DuplicateErrorThreshold", "0.95", 1) })
        {
            var compiled = Compile((name, value));
            Assert.All(Kept(compiled), Assert.True);
            Assert.Equal(similar, compiled.Codes.Count(c => c == "QA3004"));
            Assert.Equal(Compile(cached: false, (name, value)).Report, compiled.Report);
        }

        // Nothing similar is looked for: then there is nothing to be kept of what finds it.
        Assert.DoesNotContain(true, Kept(Compile(("DuplicateWarnThreshold", "1"))));
        Assert.DoesNotContain(true, Kept(Compile(("SystemPrompt", "Be brief."))));
    }

    [Fact]
    public void An_edited_file_leaves_what_was_made_of_all_others()
    {
        Write();
        Compile();
        var path = Path.Combine(_folder.Path, Qa.PathOf(2));
        File.WriteAllText(path, Qa.Text("Who may read the log of the archiver?", "Nobody."));
        var compiled = Compile();
        Assert.Equal(["job_dba/skill_sql/qa_l_002.md"], compiled.Units.Where(u => u.Cached is not { IsKept: true }).Select(u => u.File.RelativePath));
        Assert.DoesNotContain("QA3004", compiled.Codes);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("warn")]
    [InlineData("drop")]
    public void A_compile_with_a_cache_finds_and_makes_what_one_without_does(string action)
    {
        Write();
        if (action != "error")
        {
            _folder.Write(Qa.PathOf(1, "h"), Qa.Text(Alike.Vacuum.ToLowerInvariant(), "hh.", level: "h"));
            Write(60, Alike.Vacuum.ToUpperInvariant(), Alike.LongAnswer);
            Write(61, Alike.CleaningNearly, "Backups are kept for 7 days.");
            Write(62, Alike.Cleaning, "Backups are kept for 14 days.");
            Write(63, "What is WAL?", Alike.LongAnswer, "paraphrases: [Why is it slow?, \"what is number sixty\"]");
        }

        (string, string)[] options = [("DuplicateAction", action), ("ExcludeLevel", "h")];
        var parsed = Compile(cached: false, options);
        for (var time = 0; time < 3; time++)
        {
            var cached = Compile(options);
            Assert.Equal(parsed.Report, cached.Report);
            Assert.Equal(parsed.Outputs, cached.Outputs);
            Assert.Equal(parsed.Emitted!.Dropped.ToArray(), cached.Emitted!.Dropped.ToArray());
        }

        Assert.Contains("QA3004", parsed.Codes);
        Assert.Contains(Qa.PathOf(1), parsed.Splits.Keys);
    }

    private static IEnumerable<bool> Kept(Compiled compiled) => compiled.Units.Select(u => u.Cached is { IsKept: true });

    private void Write()
    {
        Write(1, Alike.Vacuum, "aa.");
        Write(2, Alike.VacuumSimilar, "bb.");
        Write(3, "Which of the old archives may we throw away without asking whoever made them years ago?", "cc.");
        Write(4, "Which of the old folders may we throw away without asking whoever made them years back?", "dd.");
        for (var i = 5; i < 40; i++)
        {
            Write(i, $"What is number {i}?", Alike.Answer(i));
        }
    }

    private void Write(int number, string question, string answer, string front = "") =>
        File.SetLastWriteTimeUtc(_folder.Write(Qa.PathOf(number), Qa.Text(question, answer, front: front)), DateTime.UtcNow.AddDays(-1));

    private Compiled Compile(params (string Name, string Value)[] options) => Compile(cached: true, options);

    private Compiled Compile(bool cached, params (string Name, string Value)[] options)
    {
        var all = options.Any(o => o.Name.StartsWith("Duplicate", StringComparison.Ordinal)) ? options : [.. options, Alike.Error];
        var compiled = Compiled.With(_folder.Path, KnowledgeBase.Find(_folder.Path).Sources, options: all, cacheFile: cached ? CacheFile : null);
        compiled.Compilation.KeepUnits().Wait();
        return compiled;
    }
}
