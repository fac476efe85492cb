using System.Globalization;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class DeterminismTests
{
    private static readonly (string, string)[] Options = [("SplitRatio", "1/1/1"), ("DatasetFormat", "chat"), ("ChainTurns", "true"), ("CurriculumOrder", "length"), ("MaxDocumentLength", "137")];

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("zh-CN")]
    [InlineData("ar-SA")]
    [InlineData("de-DE")]
    public void The_culture_changes_no_byte(string culture)
    {
        using var folder = Kb();
        var expected = Compiled.At(folder.Path, Options).Outputs;
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Compiled.At(folder.Path, Options).Outputs);
            using var turkish = new TemporaryFolder();
            turkish.Write("job_INFRA/skill_IIS/qa_l_001.md", Qa.Text(job: "infra", skill: "iis").Replace("## Skill", "## SKILL", StringComparison.Ordinal));
            Assert.Empty(Compiled.At(turkish.Path).Found);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Neither_threads_nor_the_order_of_files_change_a_byte(int threads)
    {
        using var folder = Kb();
        var files = Directory.GetFiles(folder.Path, "qa_*.md", SearchOption.AllDirectories);
        var documents = Directory.GetFiles(Path.Combine(folder.Path, "docs"));
        var expected = Compiled.With(folder.Path, [.. files.Order(StringComparer.Ordinal)], documents, Options, 1).Outputs;
        new Random(threads).Shuffle(files);
        Assert.Equal(expected, Compiled.With(folder.Path, files, documents, Options, threads).Outputs);
    }

    [Fact]
    public void The_place_of_the_knowledge_base_changes_no_byte()
    {
        using var one = Kb();
        using var other = Kb();
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), other.Path);
        var expected = Compiled.At(one.Path, Options).Outputs;
        Assert.Equal(expected, Compiled.At(other.Path + Path.DirectorySeparatorChar, Options).Outputs);
        Assert.Equal(expected, Compiled.At(relative, Options).Outputs);
    }

    [Fact]
    public void The_order_of_options_changes_no_byte()
    {
        using var folder = Kb();
        Assert.Equal(Compiled.At(folder.Path, Options).Manifest, Compiled.At(folder.Path, [.. Options.Reverse()]).Manifest);
    }

    private static TemporaryFolder Kb()
    {
        var folder = new TemporaryFolder();
        foreach (var (path, text) in Qa.Files(300))
        {
            folder.Write(path, text);
        }

        for (var i = 301; i < 400; i++)
        {
            folder.Write(Qa.PathOf(i), Qa.Text(question: $"İstanbul Iı {i / 2}?", related: $"qa_l_{i - 200:D3}", front: $"weight: {1 + (i % 3)}\nparaphrases: [p{i}]"));
        }

        for (var i = 0; i < 20; i++)
        {
            folder.Write($"docs/{i}.md", $"# Doc {i}\n\n" + string.Join("\n\n", Enumerable.Repeat("Some words of text.", i * 3)));
        }

        return folder;
    }
}
