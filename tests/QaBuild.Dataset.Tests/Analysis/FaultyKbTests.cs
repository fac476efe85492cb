using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis;

/// <summary>A knowledge base in which each check of the content fires once, and the same one mended.</summary>
public sealed class FaultyKbTests
{
    // Small enough that 42 files can pass them.
    private static readonly (string, string)[] Limits = [("BoilerplateLimit", "3"), ("AnswerLengthLimit", "4"), ("MaxSequenceLength", "1200"), ("MinShareOfNegatives", "2")];

    [Fact]
    public void Each_check_fires_once_and_in_its_file()
    {
        var root = Repository.Path("tests", "kb-faults");
        var found = Compile(root).Diagnostics.Select(d => d.Location is { Path.Length: > 0 } place
            ? $"{d.Code} {Path.GetRelativePath(root, place.Path).Replace('\\', '/')}({place.Line},{place.Column})"
            : d.Code);

        Assert.Equal(File.ReadAllLines(Path.Combine(root, "expected.txt")), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_mended_files_are_without_a_finding() => Assert.Equal("", Compile(Repository.Path("tests", "kb-mended")).Report);

    [Fact]
    public void Both_have_the_same_files()
    {
        string[] Files(string kb)
        {
            var root = Repository.Path("tests", kb);
            return [.. Directory.EnumerateFiles(root, "qa_*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Order(StringComparer.Ordinal)];
        }

        Assert.Equal(Files("kb-faults"), Files("kb-mended"));
    }

    [Fact]
    public void A_contradiction_shows_both_answers()
    {
        var found = Assert.Single(Compile(Repository.Path("tests", "kb-faults")).Diagnostics, d => d.Rule == Rule.Contradiction);

        Assert.Contains("开封之后冷藏最多放 3 天", found.Arguments);
        Assert.Contains("开封之后冷藏最多放 7 天", found.Arguments);
    }

    private static Compiled Compile(string root) => Compiled.At(root, [Path.Combine(root, "benchmark.jsonl")], Limits);
}
