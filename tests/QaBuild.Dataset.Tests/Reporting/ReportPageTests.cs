using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Reporting;
using QaBuild.Dataset.Review;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>The page as a file: what is in it, and when it is written.</summary>
[Collection(ReportFixture.Name)]
public sealed partial class ReportPageTests
{
    private static readonly (string, string)[] Reported = [("DuplicateAction", "warn"), ("SplitRatio", "1/0/0")];

    [BrowserFact]
    public void The_same_sources_make_the_same_bytes_wherever_they_lie()
    {
        using var here = new TemporaryFolder();
        using var there = new TemporaryFolder();
        foreach (var folder in new[] { here, there })
        {
            Ask(folder, 1, "How do I vacuum a table?", "With VACUUM.");
            Ask(folder, 2, "How do I vacuum one table?", "With VACUUM, too.");
            folder.Write("kb/job_dba/skill_sql/qa_l_003.md", "no section at all\n");
        }

        var page = File.ReadAllBytes(Written(here));
        Assert.Equal(page, File.ReadAllBytes(Written(there)));
        Assert.Equal(page, File.ReadAllBytes(ReportFixture.Write(here, Compiled.At(Path.Combine(here.Path, "kb") + Path.DirectorySeparatorChar, Reported))));
        Assert.Equal("../kb/", ReportFixture.DataOf(Path.Combine(here.Path, "report", "index.html"))[0].GetProperty("kbPath").GetString());
    }

    [BrowserFact]
    public void A_page_that_would_not_change_is_not_touched_and_another_language_is_another_page()
    {
        using var folder = new TemporaryFolder();
        Ask(folder, 1, "What is a page?", "8 kB.");
        var page = Written(folder);
        var written = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(page, written);

        Written(folder);
        Assert.Equal(written, File.GetLastWriteTimeUtc(page));

        Written(folder, culture: "zh-CN");
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(page));
        Assert.Contains("<html lang=\"zh\">", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [BrowserFact]
    public void A_page_without_its_libraries_is_not_written_and_the_last_one_stays()
    {
        using var folder = new TemporaryFolder();
        Ask(folder, 1, "What is a page?", "8 kB.");
        var page = folder.Write("report/index.html", "the last good page");

        var found = Assert.Single(new Report(page, Path.Combine(folder.Path, "nothing"), null).Write(Compiled.At(Path.Combine(folder.Path, "kb")).Compilation, CultureInfo.InvariantCulture));

        Assert.Equal((Rule.ReportLibrariesMissing, Severity.Error), (found.Rule, found.Severity));
        Assert.Equal("the last good page", File.ReadAllText(page));
    }

    [BrowserFact]
    public void Pairs_name_both_units_and_what_they_share()
    {
        using var folder = new TemporaryFolder();
        Ask(folder, 1, "How long may an identifier of a table be?", "63 bytes; longer ones are cut.");
        Ask(folder, 2, "How long may an identifier of a table be?", "127 bytes; longer ones are cut.");
        Ask(folder, 3, "Who wrote this?", "A person.");

        var findings = ReportFixture.DataOf(Written(folder))[1];

        var cluster = Assert.Single(findings.GetProperty("clusters").EnumerateArray());
        Assert.Equal([0, 1], cluster.GetProperty("units").EnumerateArray().Select(u => u.GetInt32()));
        var pair = Assert.Single(cluster.GetProperty("pairs").EnumerateArray());
        Assert.Equal(("sameQuestion", 1.0, true), (pair.GetProperty("kind").GetString(), pair.GetProperty("score").GetDouble(), pair.GetProperty("isDuplicate").GetBoolean()));
        Assert.Contains("identifier", pair.GetProperty("shared").GetString(), StringComparison.Ordinal);
        var contradiction = Assert.Single(findings.GetProperty("findings").EnumerateArray(), f => f.GetProperty("excerpts").ValueKind == JsonValueKind.Array);
        Assert.Equal(["63 bytes", "127 bytes"], contradiction.GetProperty("excerpts").EnumerateArray().Select(e => string.Join(' ', e.GetString()!.Split(' ')[..2])));
        Assert.Equal([1, 0], contradiction.GetProperty("units").EnumerateArray().Select(u => u.GetInt32()));
    }

    [BrowserFact]
    public void A_file_that_is_no_question_has_its_finding_in_the_page()
    {
        using var folder = new TemporaryFolder();
        Ask(folder, 1, "What is a page?", "8 kB.");
        folder.Write("kb/job_dba/skill_sql/qa_l_002.md", "no section at all\n");

        var data = ReportFixture.DataOf(Written(folder));

        Assert.Equal(1, data[0].GetProperty("units").GetProperty("name").GetArrayLength());
        var finding = data[1].GetProperty("findings").EnumerateArray().First(f => f.GetProperty("severity").GetInt32() == (int)Severity.Error);
        Assert.Equal(("job_dba/skill_sql/qa_l_002.md", true, 0), (finding.GetProperty("path").GetString(), finding.GetProperty("inKb").GetBoolean(), finding.GetProperty("units").GetArrayLength()));
    }

    [BrowserFact]
    public void A_unit_is_signed_off_stale_unbound_or_unread()
    {
        using var folder = new TemporaryFolder();
        string[] proofreading = ["", "none", "Li Lei, 2026-11-01", "Li Lei, 2026-11-01, sha256:0123456789abcdef", ""];
        for (var i = 0; i < proofreading.Length; i++)
        {
            folder.Write($"kb/{Qa.PathOf(i + 1)}", Qa.Text($"What is number {i}?", $"It is {i}.", proofreading: proofreading[i]));
        }

        var signed = new SignOffWriter(Path.Combine(folder.Path, "kb"), "Han Meimei", new DateOnly(2026, 11, 2)).Sign([Path.Combine(folder.Path, "kb", Qa.PathOf(5))]);
        Assert.Empty(signed.Diagnostics);

        var states = ReportFixture.DataOf(Written(folder))[0].GetProperty("units").GetProperty("review").EnumerateArray().Select(s => (ReviewState)s.GetInt32());
        Assert.Equal([ReviewState.None, ReviewState.None, ReviewState.Unbound, ReviewState.Stale, ReviewState.Signed], states);
    }

    [BrowserFact]
    public void Metrics_become_columns_and_only_a_broken_line_before_the_last_is_a_finding()
    {
        using var folder = new TemporaryFolder();
        Ask(folder, 1, "What is a page?", "8 kB.");
        folder.Write("model/metrics.jsonl", "{\"iteration\":1,\"train_loss\":2.5,\"note\":\"x\"}\n{\"iteration\":2,\"val_loss\":1.5}\n{\"iterat");
        folder.Write("model/run/evaluation.json", "{\"exactMatch\":0.5}");
        var file = Assert.Single(ReportFixture.DataOf(ReportFixture.Write(folder, Compile(folder), Path.Combine(folder.Path, "model")))[2].GetProperty("metrics").EnumerateArray());
        Assert.Equal("{\"iteration\":[1,2],\"train_loss\":[2.5,null],\"val_loss\":[null,1.5]}", file.GetProperty("columns").GetRawText());

        var broken = folder.Write("model/metrics.jsonl", "{\"iteration\":1}\nnothing\n{\"iteration\":2}\n");
        folder.Write("model/gate.json", "{\n  half");
        folder.Write("model/other-gate.json", """{"a":"\ud800"}""");
        var page = Path.Combine(folder.Path, "report", "index.html");
        var found = new Report(page, ReportFixture.Libraries, Path.Combine(folder.Path, "model")).Write(Compile(folder).Compilation, CultureInfo.InvariantCulture);

        Assert.All(found, d => Assert.Equal((Rule.ReportInputUnreadable, Severity.Warning), (d.Rule, d.Severity)));
        Assert.Contains(found, d => d.Location.Path == broken && d.Location.Line == 2);
        Assert.Contains(found, d => d.Location.Path == Path.Combine(folder.Path, "model", "gate.json") && d.Location.Line == 2);
        Assert.Contains(found, d => d.Location.Path.EndsWith("other-gate.json", StringComparison.Ordinal));
        Assert.Equal("run/evaluation.json", Assert.Single(ReportFixture.DataOf(page)[2].GetProperty("tables").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public void A_name_of_the_page_is_declared_in_one_module_only()
    {
        var names = Modules().SelectMany(m => Declared().Matches(m.Text).Select(d => d.Groups[1].Value)).ToArray();

        Assert.NotEmpty(names);
        Assert.Empty(names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void What_a_module_imports_another_exports()
    {
        var exported = Modules().ToDictionary(m => m.Name, m => Exported().Matches(m.Text).Select(d => d.Groups[1].Value).ToHashSet());

        Assert.All(Modules().SelectMany(m => Imported().Matches(m.Text).Select(i => (Importer: m.Name, From: i.Groups[2].Value, Names: i.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)))), i =>
            Assert.True(i.Names.All(exported[i.From].Contains), $"{i.Importer} imports {string.Join(", ", i.Names.Except(exported[i.From]))}, which {i.From} does not export"));
        Assert.Equal(exported.Keys.Order(), PageSource.Modules.Select(m => m + ".js").Order());
    }

    [Fact]
    public void Every_text_that_the_page_asks_for_is_there_in_both_languages_and_every_one_is_asked_for()
    {
        using var texts = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "texts.json")));
        var names = texts.RootElement.EnumerateObject().Select(p => p.Name).ToHashSet();
        var source = string.Concat(Modules().Select(m => m.Text));
        var asked = AskedText().Matches(source).Select(m => m.Groups[1].Value).ToArray();

        Assert.Empty(asked.Except(names));
        Assert.DoesNotContain(names, n => !source.Contains($"\"{n}\"", StringComparison.Ordinal)
            && !source.Contains($"`{n[..(n.IndexOf('.', StringComparison.Ordinal) + 1)]}${{", StringComparison.Ordinal) && !Regex.IsMatch(source, $@"^  {n}: \{{ show", RegexOptions.Multiline));
        Assert.All(texts.RootElement.EnumerateObject(), t =>
        {
            Assert.Equal(["en", "zh"], t.Value.EnumerateObject().Select(p => p.Name));
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}|token|\{0\}", t.Value.GetProperty("zh").GetString());
            Assert.DoesNotMatch(@"\p{IsCJKUnifiedIdeographs}", t.Value.GetProperty("en").GetString());
        });
    }

    [Fact]
    public void The_lock_file_names_no_place_and_holds_what_it_takes_to_know_each_package()
    {
        using var json = JsonDocument.Parse(ReportLibraries.Lock);
        var packages = json.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Name.Length > 0).ToArray();

        Assert.NotEmpty(packages);
        Assert.All(packages, p => Assert.StartsWith("sha512-", p.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
        Assert.All(packages, p => Assert.False(p.Value.TryGetProperty("resolved", out _)));
    }

    private static string Folder { get; } = Repository.Path("tasks", "QaBuild.Dataset", "Reporting", "Page");

    private static IEnumerable<(string Name, string Text)> Modules() => Directory.EnumerateFiles(Folder, "*.js").Select(f => (Path.GetFileName(f), File.ReadAllText(f)));

    private static void Ask(TemporaryFolder folder, int number, string question, string answer) => folder.Write($"kb/{Qa.PathOf(number)}", Qa.Text(question, answer));

    private static Compiled Compile(TemporaryFolder folder) => Compiled.At(Path.Combine(folder.Path, "kb"), Reported);

    private static string Written(TemporaryFolder folder, string culture = "en") => ReportFixture.Write(folder, Compile(folder), culture: culture);

    [GeneratedRegex(@"^(?:export )?(?:async )?(?:const|let|function) (\w+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^export (?:async )?(?:const|let|function) (\w+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Exported();

    [GeneratedRegex(@"^import \{([^}]*)\} from ""\./([^""]*)"";$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Imported();

    [GeneratedRegex(@"\bt\(""([^""]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex AskedText();
}
