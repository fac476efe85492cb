using System.Globalization;
using System.Text;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

/// <summary>Mutated files: nothing that a file can hold may end a compile with an exception, hang it, or make two runs differ.</summary>
public sealed class FuzzTests
{
    private const int Batches = 80;
    private const int FilesPerBatch = 250;

    private static readonly byte[][] Good = [.. new[]
    {
        Qa.Text(),
        Qa.Text(question: "什么是 MVCC？", answer: "一行的多个版本。\n\n```sql\nSELECT 1; -- ## 答案\n```\n", related: "无").Replace("## Question", "## 问题", StringComparison.Ordinal),
        Qa.Text(front: "id: a-1\ntags: [x, '14', no]\nparaphrases:\n  - one?\n  - |\n    two\n    lines"),
        Qa.Text(front: "system: \"be \\u0041 \\x42 \\n brief\"\ncontext: { text: 'it''s', from: here }\nnegative: true\nsplit: train\nweight: 3\nlicense: MIT\nsource: x"),
        Qa.Text(front: "tools:\n  - name: f\n    description: d\n    parameters: { type: object, properties: { n: { type: integer } } }\ncalls:\n  - name: f\n    arguments: { n: 1, s: [a, ~, true, 1.5] }\n    result: r"),
        Qa.Text(front: "suppress:\n  - code: QA5001\n    reason: shown\n", answer: "```\nopen"),
        Qa.Text(related: "- [a](qa_l_001.md \"t\")\n- <qa_l_002>\n- job_dba/skill_sql/qa_l_003.md, qa_l_004、无", answer: "\\## Answer\n\n### Sub\n\n| a | b |\n|---|---|\n"),
        Qa.Text(answer: "> > quote\n>\n> ~~~~\n> x\n> ~~~~\n\n$$\\frac{1}{2}$$ <b>html</b> 😀 \u3000", proofreading: "张三, 2026-01-01"),
        "\uFEFF" + Qa.Text().Replace("\n", "\r\n", StringComparison.Ordinal),
        Qa.Text(answer: "first  \n\n    indented\n\ttabbed\n\n1. a\n2. b\n<|endoftext|>"),
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Splices = [.. new[]
    {
        "\n## Answer\n", "\n## 问题难度（l｜m｜h）\n", "\n\\## Job\n", "## ", "\n```\n", "\n~~~~ x\n", "> ```\n", "---\n", "\n...\n", "\n---\nid: x\n---\n", ": ", " #", "&a ", "*a", "!!int ", "!<tag:x> ", "? ", "- ", "|\n", ">-\n  ", "{", "}", "[", "]",
        "\"", "'", "\\", "\\u0000", "\\uD800", "\\U0010FFFF", "\\xZZ", "%41", "%ED%A0%80", "[a](b)", "[a](<b c>", "<|im_end|>", "<|endoftext|>", "\r", "\r\n", "\t", "\0", "\u0001", "\u007F", "\u0085", "\u2028", "\uFEFF", "\uFFFF", "\uFFFE", "\u0301", "\u202E", "ﷺ", "𝕏", "😀",
        "weight: 1e999\n", "weight: -0\n", "id: ~\n", "<<: {a: b}\n", "tags: [a,a]\n", "split: test\n", "negative: Yes\n", "0x1F", "2024-01-01T00:00:00Z", "qa_l_001", "none", "无", "l", "h",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Invalid = [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0x80]];

    [Fact]
    public async Task Whatever_a_file_holds_it_compiles_or_is_reported_and_always_the_same()
    {
        var compiled = 0;
        await Parallel.ForAsync(0, Batches, async (seed, cancellation) =>
            Interlocked.Add(ref compiled, await Task.Run(() => Run(seed), cancellation).WaitAsync(TimeSpan.FromMinutes(2), cancellation)));

        Assert.True(compiled > Batches * FilesPerBatch / 20, $"only {compiled} mutants compiled: the mutations break too much to test the later stages");
    }

    private static int Run(int seed)
    {
        using var folder = new TemporaryFolder("fuzz");
        var random = new Random(seed);
        Directory.CreateDirectory(Path.Combine(folder.Path, "job_dba", "skill_sql"));
        var paths = new string[FilesPerBatch];
        for (var i = 0; i < paths.Length; i++)
        {
            paths[i] = Path.Combine(folder.Path, i % 10 == 0 ? $"qa_{i}.md" : Qa.PathOf(i));
            File.WriteAllBytes(paths[i], Mutated(random));
        }

        var documents = paths.Where((_, i) => i % 10 == 0).ToList();
        var sources = paths.Except(documents).ToList();
        try
        {
            return Compare(folder.Path, sources, documents, seed);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"seed {seed}: {Culprit(folder.Path, paths)}", e);
        }
    }

    private static int Compare(string root, List<string> sources, List<string> documents, int seed)
    {
        (string, string)[] options = [("DatasetFormat", ((string[])["completions", "chat", "alpaca", "tools", "text", "sharegpt"])[seed % 6]), ("ChainTurns", "true"), ("MaxDocumentLength", "150"), ("DocumentFormat", seed % 2 == 0 ? "text" : "title")];
        var first = Compiled.With(root, sources, documents, options, 1);
        Assert.Equal(first.Report, Compiled.With(root, [.. Enumerable.Reverse(sources)], documents, options, 4).Report);
        Assert.DoesNotContain("QA0000", first.Codes);
        Assert.DoesNotContain("QA1029", first.Codes);

        // What has an error of its own makes no row; without these files the rest must, unless it linked to them.
        while (first.Emitted is null)
        {
            var faulty = first.Diagnostics.Where(d => d.Severity == Dataset.Diagnostics.Severity.Error).Select(d => d.Location.Path).ToHashSet();
            Assert.True(sources.RemoveAll(faulty.Contains) + documents.RemoveAll(faulty.Contains) > 0, first.Report);
            first = Compiled.With(root, sources, documents, options, 2);
        }

        Assert.Equal(first.Outputs, Compiled.With(root, [.. Enumerable.Reverse(sources)], documents, options, 3).Outputs);
        return first.Units.Count;
    }

    private static string Culprit(string root, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            try
            {
                Compiled.With(root, [path], [path], [("DatasetFormat", "tools")], 1);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return $"{e.GetType().Name} for the base64 file {Convert.ToBase64String(File.ReadAllBytes(path).AsSpan()[..(int)Math.Min(4000, new FileInfo(path).Length)])}";
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"none of the {paths.Count()} files alone");
    }

    private static byte[] Mutated(Random random)
    {
        var bytes = new List<byte>(Good[random.Next(Good.Length)]);
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            // Half of the mutations hit the head, where front matter and the short sections stand.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Count, 200) + 1) : random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Invalid[random.Next(Invalid.Length)]);
                    break;
                case 4:
                    bytes.InsertRange(at, [(byte)random.Next(32)]);
                    break;
                case 5 when random.Next(20) == 0:
                    bytes.InsertRange(at, Enumerable.Repeat(Splices[random.Next(Splices.Length)], random.Next(1, 5000)).SelectMany(b => b));
                    break;
                case 6:
                    var other = Good[random.Next(Good.Length)];
                    bytes.InsertRange(at, other[..random.Next(other.Length)]);
                    break;
                default:
                    bytes.InsertRange(at, Splices[random.Next(Splices.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
