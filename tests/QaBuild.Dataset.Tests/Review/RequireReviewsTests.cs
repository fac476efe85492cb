using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Review;

public sealed class RequireReviewsTests
{
    [Theory]
    [InlineData("1", "qa_h_003 qa_l_001 qa_l_002")]
    [InlineData("0", "")]
    [InlineData("test:2", "qa_l_002")]
    [InlineData("train:1;h:1", "qa_h_003 qa_l_001")]
    [InlineData(" H : 1 | test:0 ", "qa_h_003")]
    [InlineData("l:1,test:3", "qa_l_001 qa_l_002")]
    [InlineData("train:0", "")]
    public void It_asks_by_split_and_level_for_the_most_of_what_applies(string requirement, string lacking)
    {
        using var folder = Kb();

        Assert.Equal(lacking, Lacking(folder, requirement));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("test:")]
    [InlineData("tset:2")]
    [InlineData("-1")]
    [InlineData("test:2|test:3")]
    [InlineData("99999999999")]
    public void What_it_cannot_be_is_said(string requirement)
    {
        var compiled = Compiled.Of(Qa.Text(), ("RequireReviews", requirement));

        Assert.Contains("QA1027", compiled.Codes);
        Assert.Contains("numbers by split and level such as test:2|h:1; names are train, valid, test, l, m, h.", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_current_sign_offs_of_different_people_count()
    {
        using var folder = Kb();
        var path = Path.Combine(folder.Path, Qa.PathOf(2));
        void Sign(string name, int day = 1) => Assert.Empty(new SignOffWriter(folder.Path, name, new DateOnly(2026, 11, day)).Sign([path]).Diagnostics);

        Sign("A. Novak");
        var line = File.ReadAllLines(path).Single(l => l.StartsWith("A. Novak", StringComparison.Ordinal));
        File.AppendAllText(path, line.Replace("A. Novak", "a.novak", StringComparison.Ordinal) + "\n");
        Assert.Equal("qa_l_002", Lacking(folder, "test:2"));
        Assert.Contains("RequireReviews asks for test:2 sign-offs that hold, by different people: it has 1: A. Novak.", Compile(folder, "test:2").Report, StringComparison.Ordinal);

        Sign("B. Novak");
        Assert.Equal("", Lacking(folder, "test:2"));

        File.WriteAllText(path, File.ReadAllText(path).Replace("Two", "Zwei", StringComparison.Ordinal));
        Assert.Equal("qa_l_002", Lacking(folder, "test:1"));
        Assert.Contains("it has none.", Compile(folder, "test:1").Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_a_hash_is_named_and_does_not_count() =>
        Assert.Contains(
            "it has none, only 2 lines without a hash", Compiled.Of(Qa.Text(proofreading: "A, 2025-02-15\nB"), ("RequireReviews", "1"), ("SplitRatio", "1/0/0")).Report, StringComparison.Ordinal);

    [Fact]
    public void What_is_left_out_of_the_dataset_needs_none()
    {
        using var folder = Kb();
        Assert.DoesNotContain("QA6005", Compiled.At(folder.Path, ("RequireReviews", "h:1"), ("ExcludeLevel", "h")).Codes);
    }

    [Fact]
    public void What_waits_is_listed_the_worst_first()
    {
        using var folder = Kb();
        void Sign(string name, params string[] files) => new SignOffWriter(folder.Path, name, new DateOnly(2026, 11, 1)).Sign([.. files.Select(f => Path.Combine(folder.Path, f))]);
        Sign("A", Qa.PathOf(1));
        var one = Path.Combine(folder.Path, Qa.PathOf(1));
        File.WriteAllText(one, File.ReadAllText(one).Replace("One", "Eins", StringComparison.Ordinal));

        string[] Queue(string requirement)
        {
            var compilation = new Compilation(SourceList.Find(folder.Path), new Dictionary<string, string> { ["RequireReviews"] = requirement });
            compilation.Run();
            return [.. ReviewQueue.Of(compilation).Select(w => $"{Path.GetFileNameWithoutExtension(w.Unit.File.RelativePath)}: {w.ToText(System.Globalization.CultureInfo.GetCultureInfo("en"))}")];
        }

        Assert.Equal(
            ["qa_l_001: train, l; no sign-off holds; edited since A signed off on 2026-11-01", "qa_l_002: test, l; no sign-off holds", "qa_h_003: train, h; no sign-off holds"],
            Queue(""));
        Assert.Equal(
            ["qa_l_002: test, l; no sign-off holds; 2 more required", "qa_l_001: train, l; no sign-off holds; edited since A signed off on 2026-11-01"],
            Queue("test:2"));
        Sign("A", Qa.PathOf(2));
        Assert.Equal("qa_l_002: test, l; signed off by A; 1 more required", Queue("test:2")[0]);
        Sign("B", Qa.PathOf(2), Qa.PathOf(1));
        Assert.Equal(["qa_l_001: train, l; signed off by B; edited since A signed off on 2026-11-01"], Queue("test:2"));
    }

    private static TemporaryFolder Kb()
    {
        var folder = new TemporaryFolder();
        folder.Write(Qa.PathOf(1), Qa.Text("One?", "It is the first.", front: "split: train"));
        folder.Write(Qa.PathOf(2), Qa.Text("Two?", "A second thing.", front: "split: test"));
        folder.Write(Qa.PathOf(3, "h"), Qa.Text("Three?", "Something else again.", level: "h", front: "split: train"));
        return folder;
    }

    private static Compiled Compile(TemporaryFolder folder, string requirement) => Compiled.At(folder.Path, ("RequireReviews", requirement));

    private static string Lacking(TemporaryFolder folder, string requirement) =>
        string.Join(' ', Compile(folder, requirement).Diagnostics.Where(d => d.Code == "QA6005").Select(d => Path.GetFileNameWithoutExtension(d.Location.Path)).Order(StringComparer.Ordinal));
}
