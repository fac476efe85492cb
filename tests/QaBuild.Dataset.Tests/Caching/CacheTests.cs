using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Caching;

public sealed class CacheTests : IDisposable
{
    private static readonly DateTime Yesterday = DateTime.UtcNow.AddDays(-1);
    private readonly TemporaryFolder _folder = new();

    public CacheTests()
    {
        for (var i = 1; i <= 200; i++)
        {
            Write(i, Qa.Text(question: $"Question {i}?", answer: $"Answer {i}.", related: i % 3 == 0 ? $"qa_l_{i - 1:D3}.md" : "none", front: i % 10 == 0 ? "tags: [t]" : ""));
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        File.Delete(CacheFile);
    }

    [Fact]
    public void A_compile_with_a_cache_makes_the_same_bytes_as_one_without()
    {
        Assert.Equal(Compile(cached: false), Compile());
        Assert.Equal(Compile(cached: false), Compile());
        Write(7, Qa.Text(question: "Another question?", answer: "Another answer."));
        File.Delete(PathOf(9));
        Write(201, Qa.Text(question: "A new question?", related: "qa_l_008.md"));
        Assert.Equal(Compile(cached: false), Compile());
    }

    [Fact]
    public void A_file_that_is_gone_when_its_text_is_wanted_again_is_an_error_and_no_fault_of_ours()
    {
        Write(7, Qa.Text(question: "Question 8?", answer: "Another answer."));
        var compilation = new Compilation(SourceList.Find(_folder.Path), new Dictionary<string, string>(), CacheFile);
        compilation.Parse();
        File.Delete(PathOf(7));
        compilation.Link();
        compilation.Check();
        compilation.Split();

        Assert.Null(compilation.Emit());
        Assert.Contains(compilation.Diagnostics, d => d.Rule == Rule.FileUnreadable && d.Location.Path == PathOf(7));
    }

    [Fact]
    public void An_unchanged_file_is_not_read_again()
    {
        Compile();
        var time = File.GetLastWriteTimeUtc(PathOf(7));
        File.WriteAllText(PathOf(7), File.ReadAllText(PathOf(7)).Replace("Answer 7.", "Answer 8.", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(PathOf(7), time);
        Assert.Contains("Answer 7.", Compile(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_file_of_the_same_length_is_read_again()
    {
        Compile();
        File.WriteAllText(PathOf(7), File.ReadAllText(PathOf(7)).Replace("Answer 7.", "Answer X.", StringComparison.Ordinal));
        Assert.Contains("Answer X.", Compile(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_changed_while_the_last_compile_ran_is_read_again()
    {
        // Its time says that it was written after that compile began, so what was kept may be older.
        File.SetLastWriteTimeUtc(PathOf(7), DateTime.UtcNow.AddHours(1));
        Compile();
        var time = File.GetLastWriteTimeUtc(PathOf(7));
        File.WriteAllText(PathOf(7), File.ReadAllText(PathOf(7)).Replace("Answer 7.", "Answer X.", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(PathOf(7), time);
        Assert.Contains("Answer X.", Compile(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_put_in_the_place_of_a_file_is_followed_though_its_time_is_the_files()
    {
        Compile();
        var time = File.GetLastWriteTimeUtc(PathOf(7));
        var target = Path.Combine(_folder.Path, "elsewhere.md");
        File.WriteAllText(target, File.ReadAllText(PathOf(7)).Replace("Answer 7.", "Answer X.", StringComparison.Ordinal));
        File.Delete(PathOf(7));
        File.CreateSymbolicLink(PathOf(7), target);
        File.SetLastWriteTimeUtc(PathOf(7), time);
        Assert.Equal(time.Ticks, new SourceFile(_folder.Path, PathOf(7)).Time);
        Assert.Contains("Answer X.", Compile(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_link_leads_to_is_read_again_though_the_link_did_not_change()
    {
        var target = Path.Combine(_folder.Path, "elsewhere.md");
        File.Move(PathOf(7), target);
        File.CreateSymbolicLink(PathOf(7), target);
        foreach (var path in (string[])[PathOf(7), target])
        {
            File.SetLastWriteTimeUtc(path, Yesterday);
        }

        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(PathOf(7))!, Yesterday);
        Assert.Contains("Answer 7.", Compile(), StringComparison.Ordinal);
        File.WriteAllText(target, File.ReadAllText(target).Replace("Answer 7.", "Answer X.", StringComparison.Ordinal));
        Assert.Contains("Answer X.", Compile(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_option_makes_other_rows_of_unchanged_files()
    {
        Compile();
        Assert.Equal(Compile(cached: false, ("EosToken", "</s>")), Compile(cached: true, ("EosToken", "</s>")));
        Assert.Equal(Compile(cached: false, ("ExcludeLevel", "l"), ("NoWarn", "QA4003")), Compile(cached: true, ("ExcludeLevel", "l"), ("NoWarn", "QA4003")));
    }

    [Fact]
    public void A_warning_is_made_again_though_its_file_did_not_change()
    {
        Write(7, Qa.Text(question: "Q 7?", answer: "```sql\nSELECT 1;"));
        Compile();
        Assert.Contains(Run(cached: true).Diagnostics, d => d.Rule == Rule.UnclosedFence);
    }

    [Fact]
    public void A_damaged_cache_is_as_good_as_none()
    {
        var right = Compile(cached: false);
        Compile();
        var bytes = File.ReadAllBytes(CacheFile);
        foreach (var damaged in (byte[][])[[], bytes[..100], bytes[..^50], [.. bytes[..300], .. new byte[5000]], [.. bytes.Select((b, i) => i % 97 == 96 && i > 4000 && i < 4400 ? (byte)0xff : b)], [.. bytes.Select((b, i) => i % 1009 == 1008 ? (byte)(b ^ 1) : b)]])
        {
            File.WriteAllBytes(CacheFile, damaged);
            Assert.Equal(right, Compile());
        }
    }

    [Fact]
    public void A_unit_from_the_cache_still_has_its_text()
    {
        Compile();
        var unit = Run(cached: true).Units.Single(u => u.File.RelativePath.EndsWith("qa_l_007.md", StringComparison.Ordinal));
        Assert.Equal(("Question 7?", "Answer 7.", "dba", "sql"), (unit.Question.Text, unit.Answer.Text, unit.Job, unit.Skill));
    }

    private string CacheFile => Path.Combine(_folder.Path, "..", Path.GetFileName(_folder.Path) + "-units.cache");

    private string PathOf(int number) => Path.Combine(_folder.Path, "job_dba", "skill_sql", $"qa_l_{number:D3}.md");

    private void Write(int number, string text)
    {
        File.SetLastWriteTimeUtc(_folder.Write($"job_dba/skill_sql/qa_l_{number:D3}.md", text), Yesterday.AddSeconds(text.Length));
    }

    private string Compile(bool cached = true, params (string Name, string Value)[] options)
    {
        var compilation = Run(cached, options);
        using var output = new TemporaryFolder();
        compilation.Emit()!.WriteTo(output.Path);
        compilation.KeepUnits().Wait();
        return string.Concat(Directory.GetFiles(output.Path, "*.json*").Order(StringComparer.Ordinal).Select(f => File.ReadAllText(f, Encoding.UTF8)));
    }

    private Compilation Run(bool cached, params (string Name, string Value)[] options)
    {
        var kb = KnowledgeBase.Find(_folder.Path);
        var compilation = new Compilation(new SourceList(_folder.Path, kb.Sources, kb.Documents), options.ToDictionary(o => o.Name, o => o.Value), cached ? CacheFile : null);
        compilation.Run();
        return compilation;
    }
}
