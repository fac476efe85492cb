using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Review;

public sealed class SignOffTests
{
    private static readonly DateOnly s_day = new(2026, 11, 2);

    [Fact]
    public void A_signed_off_file_has_one_more_line_and_no_finding()
    {
        using var folder = new TemporaryFolder();
        var text = Qa.Text(proofreading: "A. Novak, 2025-02-15");
        var path = folder.Write(Qa.Path, text);

        Assert.Equal(new SignOffResult([], 1, 0), Sign(folder.Path, path));

        Assert.Equal(text.Replace("2025-02-15\n", "2025-02-15\nJ. Smith, 2026-11-02, sha256:03dc0540164f2050\n", StringComparison.Ordinal), File.ReadAllText(path));
        Assert.Empty(Codes(folder.Path));
    }

    // What README says of the hash, and nothing of the compiler.
    [Fact]
    public void The_hash_is_that_of_netstrings()
    {
        using var folder = new TemporaryFolder();
        folder.Write("job_dba/skill_sql/qa_l_002.md", Qa.Text("Why?"));
        var path = folder.Write(Qa.Path, Qa.Text(question: "什么是 MVCC？", related: "- [two](qa_l_002.md)\n- [again](qa_l_002.md)", front: "paraphrases: [MVCC 指什么？]\nsystem: Be brief.\ncontext: {text: Versions., from: docs}\ntags: [x]"));

        Sign(folder.Path, path);

        string[] parts = ["question", "什么是 MVCC？", "answer", "Many versions of a row.", "system", "Be brief.", "context", "Versions.", "paraphrase", "MVCC 指什么？", "link", "qa_l_002"];
        var netstrings = string.Concat(parts.Select(p => $"{Encoding.UTF8.GetByteCount(p)}:{p},"));
        Assert.Contains("sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(netstrings)))[..16] + "\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("What is MVCC?", "What is an MVCC?")]
    [InlineData("Many versions of a row.", "Several versions of a row.")]
    [InlineData("[a](qa_l_002.md)\n", "")]
    [InlineData("paraphrases: [\"MVCC?\"]", "paraphrases: [\"MVCC!\"]")]
    public void An_edit_of_what_was_read_makes_a_sign_off_stale(string text, string instead)
    {
        using var folder = Signed(out var path);

        File.WriteAllText(path, File.ReadAllText(path).Replace(text, instead, StringComparison.Ordinal));

        var compiled = Compiled.At(folder.Path, ("NoWarn", "QA4002;QA4003"));
        var finding = Assert.Single(compiled.Diagnostics, d => d.Code == "QA6004");
        Assert.Contains("J. Smith signed off another text on 2026-11-02", compiled.Report, StringComparison.Ordinal);
        Assert.StartsWith("J. Smith, 2026", File.ReadAllLines(path)[finding.Location.Line - 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[a](qa_l_002.md)\n[b](qa_l_003.md)\n", "- qa_l_003, qa_l_002\n")]
    [InlineData("paraphrases:", "weight: 3\nparaphrases:")]
    [InlineData("A. Novak, 2025-02-15", "A. Novak, 2025-02-16\nB. Novak")]
    [InlineData("\n", "\r\n")]
    public void The_order_of_links_and_what_nobody_reads_make_none_stale(string text, string instead)
    {
        using var folder = Signed(out var path);
        var before = File.ReadAllText(path);

        File.WriteAllText(path, before.Replace(text, instead, StringComparison.Ordinal));

        Assert.NotEqual(before, File.ReadAllText(path));
        Assert.DoesNotContain("QA6004", Codes(folder.Path));
    }

    [Fact]
    public void A_second_sign_off_of_the_same_text_writes_nothing_and_one_after_an_edit_takes_the_place_of_the_first()
    {
        using var folder = Signed(out var path);
        var written = File.ReadAllText(path);

        Assert.Equal(new SignOffResult([], 0, 1), new SignOffWriter(folder.Path, "j.  smith", s_day.AddDays(1)).Sign([path]));
        Assert.Equal(written, File.ReadAllText(path));

        File.WriteAllText(path, written.Replace("Many versions", "Several versions", StringComparison.Ordinal));
        new SignOffWriter(folder.Path, "B. Novak", s_day).Sign([path]);
        Assert.Equal(new SignOffResult([], 1, 0), new SignOffWriter(folder.Path, "J. Smith", s_day.AddDays(1)).Sign([path]));
        Assert.Equal(["A. Novak, 2025-02-15", "J. Smith, 2026-11-03", "B. Novak, 2026-11-02"], File.ReadAllLines(path).SkipWhile(l => l != "## Proofreading").Skip(2).Select(l => l.Split(", sha256")[0]));
        Assert.Empty(Codes(folder.Path));
    }

    [Theory]
    [InlineData("## Proofreading", "## Proofreading\n\nJ. Smith, 2026-11-02, #\n")]
    [InlineData("## Proofreading\n", "## Proofreading\n\nJ. Smith, 2026-11-02, #\n")]
    [InlineData("## Proofreading\n\n", "## Proofreading\n\nJ. Smith, 2026-11-02, #\n")]
    [InlineData("## Proofreading\n\nnone\n", "## Proofreading\n\nJ. Smith, 2026-11-02, #\n")]
    [InlineData("## Proofreading\nA, 2025", "## Proofreading\nA, 2025\nJ. Smith, 2026-11-02, #\n")]
    public void A_line_fits_whatever_the_section_holds(string section, string signed)
    {
        using var folder = new TemporaryFolder();
        var body = Qa.Text()[..Qa.Text().IndexOf("## Proofreading", StringComparison.Ordinal)];
        foreach (var (text, expected) in new[] { (body + section, body + signed), ((body + section).Replace("\n", "\r\n", StringComparison.Ordinal), (body + signed).Replace("\n", "\r\n", StringComparison.Ordinal)) })
        {
            var path = folder.Write(Qa.Path, text);
            Sign(folder.Path, path);
            var now = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(path), "sha256:[0-9a-f]{16}", "#");

            // A line feed where the file had no line end at all yet, and no other place.
            Assert.Equal(expected.Replace("\r", "", StringComparison.Ordinal), now.Replace("\r", "", StringComparison.Ordinal));
            Assert.True(!text.Contains('\r') || now.Count(c => c == '\n') - now.Count(c => c == '\r') <= 1, now);
            Assert.DoesNotContain("QA6004", Codes(folder.Path));
            Assert.DoesNotContain("QA6006", Codes(folder.Path));
        }
    }

    [Fact]
    public void A_section_that_others_follow_keeps_them()
    {
        using var folder = new TemporaryFolder();
        var text = Qa.Text();
        var proofreading = text[text.IndexOf("## Proofreading", StringComparison.Ordinal)..];
        var path = folder.Write(Qa.Path, "## Proofreading\n" + text.Replace(proofreading, "", StringComparison.Ordinal));

        Sign(folder.Path, path);

        Assert.StartsWith("## Proofreading\n\nJ. Smith, 2026-11-02, sha256:03dc0540164f2050\n\n## Job\n\ndba\n", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Empty(Codes(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("J. Smith\n## Answer")]
    [InlineData("J. Smith, 2026-11-02")]
    [InlineData("```")]
    [InlineData("- J. Smith")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("J\u202eSmith")]
    [InlineData("J\u200bSmith")]
    [InlineData("J\u0007Smith")]
    [InlineData("sha256:0")]
    [InlineData("J\uD800Smith")]
    public void A_name_with_odd_characters_is_refused_and_nothing_is_written(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Qa.Path, Qa.Text());

        var result = new SignOffWriter(folder.Path, name, s_day).Sign([path]);

        Assert.Equal(Rule.ReviewerUnusable, Assert.Single(result.Diagnostics).Rule);
        Assert.Equal(Qa.Text(), File.ReadAllText(path));
    }

    [Theory]
    [InlineData("德哥")]
    [InlineData("Jörg Müller-Lüdenscheidt (DBA)")]
    [InlineData("@octocat")]
    [InlineData("O'Neill & Co.")]
    [InlineData("नमस्ते")]
    public void Names_of_people_are_taken(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Qa.Path, Qa.Text());

        Assert.Empty(new SignOffWriter(folder.Path, name, s_day).Sign([path]).Diagnostics);

        Assert.Equal(name, Assert.Single(Compiled.At(folder.Path).Unit.SignOffs).Reviewer);
        Assert.Empty(Codes(folder.Path));
    }

    [Fact]
    public void Of_several_files_all_are_signed_off_or_none_and_every_fault_is_said()
    {
        using var folder = new TemporaryFolder();
        var good = folder.Write(Qa.Path, Qa.Text());
        var broken = folder.Write(Qa.PathOf(2), "no section\n");
        var stray = folder.Write("notes.md", Qa.Text());

        var result = Sign(folder.Path, good, broken, stray, Path.Combine(folder.Path, Qa.PathOf(4)));

        Assert.Equal(["QA1001", "QA1004", "QA1016"], result.Diagnostics.Select(d => d.Code).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Qa.Text(), File.ReadAllText(good));
    }

    [Theory]
    [InlineData("J. Smith, 2026-11-02, sha256:47e0f2e25e9f3b9")]
    [InlineData("J. Smith, 2026-13-02, sha256:47e0f2e25e9f3b9c")]
    [InlineData("J. Smith 2026-11-02 sha256:47e0f2e25e9f3b9c")]
    [InlineData("2026-11-02, sha256:47e0f2e25e9f3b9c")]
    [InlineData("sha256:")]
    [InlineData("<b>, 2026-11-02, sha256:47E0F2E25E9F3B9C")]
    public void A_line_with_a_hash_that_is_no_sign_off_is_a_finding(string line)
    {
        using var folder = new TemporaryFolder();
        folder.Write(Qa.Path, Qa.Text(proofreading: line));

        Assert.Equal(["QA6006"], Codes(folder.Path));
    }

    [Fact]
    public void A_line_without_a_hash_is_none()
    {
        using var folder = new TemporaryFolder();
        folder.Write(Qa.Path, Qa.Text(proofreading: "J. Smith, 2026-11-02\n- read it, 张三"));

        Assert.Empty(Codes(folder.Path));
        Assert.Empty(Compiled.At(folder.Path).Unit.SignOffs);
    }

    // Units of the usual shape have a way of their own, and a second compile takes them from the cache.
    [Fact]
    public void What_comes_from_the_cache_is_judged_the_same()
    {
        using var folder = Signed(out var path);
        folder.Write(Qa.PathOf(9), Qa.Text("Another?", proofreading: "A, 2026-11-02, sha256:0000000000000000\nB, sha256:1"));
        File.WriteAllText(path, File.ReadAllText(path).Replace("Many versions", "Several versions", StringComparison.Ordinal));
        var sources = QaBuild.Dataset.Sources.KnowledgeBase.Find(folder.Path).Sources;
        var cache = Path.Combine(folder.Path, "units.cache");
        string Report()
        {
            var compiled = Compiled.With(folder.Path, sources, options: [("NoWarn", "QA4002;QA4003")], cacheFile: cache);
            compiled.Compilation.KeepUnits().Wait();
            return compiled.Report;
        }

        var whole = Compiled.With(folder.Path, sources, options: [("NoWarn", "QA4002;QA4003")]).Report;

        Assert.Equal(3, whole.Split('\n').Count(l => l.Contains("QA600", StringComparison.Ordinal)));
        Assert.Equal(whole, Report());
        Assert.Equal(whole, Report());
    }

    private static SignOffResult Sign(string root, params string[] files) => new SignOffWriter(root, "J. Smith", s_day).Sign(files);

    private static TemporaryFolder Signed(out string path)
    {
        var folder = new TemporaryFolder();
        folder.Write(Qa.PathOf(2), Qa.Text("Two?", "2"));
        folder.Write(Qa.PathOf(3), Qa.Text("Three?", "3"));
        path = folder.Write(Qa.Path, Qa.Text(related: "[a](qa_l_002.md)\n[b](qa_l_003.md)", proofreading: "A. Novak, 2025-02-15", front: "paraphrases: [\"MVCC?\"]"));
        Assert.Equal(1, Sign(folder.Path, path).Written);
        Assert.Empty(Codes(folder.Path));
        return folder;
    }

    private static IEnumerable<string> Codes(string root) => Compiled.At(root, ("NoWarn", "QA4002;QA4003;QA1014")).Codes;
}
