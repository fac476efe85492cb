using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Caching;

/// <summary>Files of the usual shape have a way of their own through the compiler, which must lead to the same place.</summary>
public sealed class PlainSourceTests
{
    private static readonly string[] Lines =
    [
        "## Answer", "## 答案", " ## Answer", "##  Answer  ", "## ANSWER ##", "## Example", "### Question", "\\## Answer", "  \\\\## Job", "\\begin{x}", "#", "##", "```", "````sql", "   ~~~", "> ```", "~~~ x",
        "", "", "plain", "trailing ", "tab\t", "    code", "\ttab", "> quote", "- item", "中文，标点。", "“quoted” \\ \"and\" back`tick`", "<|im_end|>", "<b>", "<|endoftext|>", "a\u3000", "\u00a0", "é", "😀", "---", "无", "none", "- [x](qa_l_001.md)",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > >",
        "\u0001", "\u007f", "\uFEFF", "\r", "l", "h", "dba", "## 校对信息", "## Proofreading",
    ];

    [Theory]
    [InlineData("completions")]
    [InlineData("chat")]
    [InlineData("alpaca")]
    [InlineData("text")]
    [InlineData("sharegpt")]
    [InlineData("completions", "DuplicateAction")]
    public void Whatever_a_file_holds_the_rows_and_the_findings_are_those_of_the_parser(string format, string action = "NoWarn")
    {
        using var folder = new TemporaryFolder("plain");
        var random = new Random(format.Length);
        for (var i = 0; i < 1500; i++)
        {
            folder.Write(Qa.PathOf(i), Mutated(random));
        }

        var kb = KnowledgeBase.Find(folder.Path);
        (string, string)[] options = [("DatasetFormat", format), ("SystemPrompt", random.Next(2) == 0 ? "" : "Be \"brief\".\nAnd right."), ("EosOn", random.Next(2) == 0 ? "" : "both"), ("NoWarn", "QA4002"), .. action == "NoWarn" ? Array.Empty<(string, string)>() : [(action, "warn")]];
        Compiled Compile(string? cache)
        {
            var faulty = new HashSet<string>();
            while (true)
            {
                var compiled = Compiled.With(folder.Path, [.. kb.Sources.Except(faulty)], [], options, cacheFile: cache);
                if (compiled.Emitted is not null)
                {
                    return compiled;
                }

                faulty.UnionWith(compiled.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Location.Path));
            }
        }

        var (parsed, plain) = (Compile(null), Compile(folder.Path + ".cache"));
        Assert.True(parsed.Rows.Length > 100, $"only {parsed.Rows.Length} mutants compile");
        Assert.Equal(parsed.Rows, plain.Rows);
        Assert.Equal(parsed.Report, plain.Report);
        Assert.Equal(parsed.Manifest, plain.Manifest);
        string FirstReport(string? cache) => Compiled.With(folder.Path, kb.Sources, [], options, cacheFile: cache).Report;
        Assert.Equal(FirstReport(null), FirstReport(folder.Path + ".cache"));
    }

    [Fact]
    public void The_usual_file_is_plain_and_one_with_anything_to_report_is_not()
    {
        var source = new PlainSource(new SectionSpellings(Vocabulary.Default));
        bool IsPlain(string text) => source.Read(Encoding.UTF8.GetBytes(text));

        Assert.True(IsPlain(Qa.Text()));
        Assert.True(IsPlain(Qa.Text(answer: "```sql\nSELECT 1;\n```\n\n## Example\n\n中文")));
        Assert.All(
            [Qa.Text(answer: "open\n\n```"), Qa.Text(answer: "trailing \nblank"), Qa.Text(answer: "\\## Answer"), Qa.Text(front: "tags: [a]"), "\uFEFF" + Qa.Text(), Qa.Text().Replace("\n", "\r\n", StringComparison.Ordinal), Qa.Text(answer: "a\u0001"), Qa.Text() + "\n## Answer\n\nagain\n", "## Example\n\n" + Qa.Text(), ""],
            text => Assert.False(IsPlain(text)));
    }

    private static string Mutated(Random random)
    {
        var lines = Qa.Text(question: "What is it?\n\nSay \"why\".", answer: "A thing.\n\nAnd more.\nAnd \\ more.").Split('\n').ToList();
        for (var edits = random.Next(4); edits > 0; edits--)
        {
            var line = Lines[random.Next(Lines.Length)];
            var at = random.Next(lines.Count);
            if (random.Next(8) == 0)
            {
                lines[at] = line;
            }
            else
            {
                lines.Insert(at, line);
            }
        }

        return string.Join('\n', lines);
    }
}
