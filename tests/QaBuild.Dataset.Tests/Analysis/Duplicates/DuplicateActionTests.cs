using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Duplicates;

public sealed class DuplicateActionTests
{
    private static readonly Dictionary<string, string> Files = Alike.Files(Alike.Cleaning, Alike.CleaningNearly, "Why?", "why", Alike.VacuumSimilar);

    [Theory]
    [InlineData("error", Severity.Error, 0)]
    [InlineData("warn", Severity.Warning, 5)]
    [InlineData("drop", Severity.Info, 3)]
    public void The_action_decides_the_severity_of_duplicates_and_what_becomes_of_them(string action, Severity severity, int rows)
    {
        var compiled = Alike.Compile(Files, ("DuplicateAction", action));
        Assert.Equal(["QA3003 qa_l_002.md(19)", "QA3001 qa_l_004.md(19)", "QA3004 qa_l_005.md(19)"], compiled.Places());
        Assert.Equal([severity, severity, Severity.Warning], compiled.Diagnostics.Select(d => d.Severity));
        Assert.Equal(rows, compiled.Emitted is null ? 0 : compiled.Rows.Length);
    }

    [Fact]
    public void Another_action_is_a_bad_option() => Assert.Contains("error, warn, drop", Alike.Compile(Files, ("DuplicateAction", "delete")).Report, StringComparison.Ordinal);

    [Fact]
    public void With_warn_a_duplicate_is_a_warning_like_any_other()
    {
        var strict = Alike.Compile(Files, Alike.Warn, ("TreatWarningsAsErrors", "true"), ("WarningsNotAsErrors", "QA3004"));
        Assert.Equal([Severity.Error, Severity.Error, Severity.Warning], strict.Diagnostics.Select(d => d.Severity));
        Assert.Null(strict.Emitted);
        Assert.Equal(["QA3003", "QA3004"], Alike.Compile(Files, Alike.Warn, ("NoWarn", "QA3001")).Codes);

        var suppressed = new Dictionary<string, string>(Files) { [Qa.PathOf(4)] = Qa.Text("why", "Because.", front: "suppress:\n  - code: QA3001\n    reason: wanted\n") };
        Assert.Equal(["QA3003", "QA3004"], Alike.Compile(suppressed, Alike.Warn).Codes);
        Assert.Contains("QA3001", Alike.Compile(suppressed, Alike.Error).Codes);
    }

    [Fact]
    public void The_first_of_a_cluster_stays_and_with_a_duplicate_go_all_its_wordings()
    {
        var files = Alike.Files("Why?", "Where do rows live?", "How come?");
        files[Qa.PathOf(2)] = Qa.Text("Where do rows live?", "In pages.", front: "paraphrases: [In which place is a row?, WHY]");
        var compiled = Alike.Compile(files, Alike.Drop);
        Assert.Equal(["job_dba/skill_sql/qa_l_001.md", "job_dba/skill_sql/qa_l_003.md"], compiled.Splits.Keys);
        Assert.Equal(2, compiled.Rows.Length);
    }

    [Fact]
    public void What_is_left_out_is_not_said_to_be_like_anything()
    {
        // The last is like the second only, which is left out.
        var compiled = Alike.Compile(Alike.Files(Alike.CleaningNearly, Alike.Cleaning, Alike.Vacuum), Alike.Drop, ("DuplicateWarnThreshold", "0.69"));
        Assert.Equal(["QA3003 qa_l_002.md(19)"], compiled.Places());
        var same = Alike.Files("Why?", "why", "How come?");
        (same[Qa.PathOf(2)], same[Qa.PathOf(3)]) = (Qa.Text("why", Alike.LongAnswer), Qa.Text("How come?", Alike.LongAnswer));
        Assert.Equal(["QA3001 qa_l_002.md(19)"], Alike.Compile(same, Alike.Drop).Places());
        same[Qa.PathOf(2)] = Qa.Text("why", "b", front: "paraphrases: [How did it come to this?, How did it come to THIS]");
        Assert.Equal(["QA3001 qa_l_002.md(22)"], Alike.Compile(same, Alike.Drop).Places());
    }

    [Fact]
    public void A_unit_that_the_filters_leave_out_takes_no_other_with_it()
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1, "h")] = Qa.Text("Why?", "h", level: "h"), [Qa.PathOf(1)] = Qa.Text("why", "l"), [Qa.PathOf(2)] = Qa.Text("WHY", "m"),
        };
        var compiled = Alike.Compile(files, Alike.Drop, ("ExcludeLevel", "h"));
        Assert.Equal([Qa.PathOf(1)], compiled.Splits.Keys);
        Assert.Equal(["QA3001"], compiled.Codes);
    }

    [Fact]
    public void What_is_dropped_is_said_and_asks_for_nothing()
    {
        var files = Alike.Files(Alike.Cleaning, Alike.CleaningNearly, Alike.Vacuum);
        files[Qa.PathOf(4)] = Qa.Text(Alike.Vacuum, "d");

        var (dropped, warned) = (Alike.Compile(files, Alike.Drop).Report, Alike.Compile(files, Alike.Warn).Report);

        Assert.DoesNotContain("Keep one", dropped, StringComparison.Ordinal);
        Assert.Equal(2, dropped.Split("what is left out stands in dropped.jsonl").Length - 1);
        Assert.Contains("Keep one of them, with the better answer.", warned, StringComparison.Ordinal);
        Assert.Contains("Keep one of them, or make one wording a paraphrase of the other.", warned, StringComparison.Ordinal);
    }
}
