using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests;

/// <summary>The PostgreSQL knowledge base of this repository, which is also its largest example.</summary>
public sealed class KnowledgeBaseTests
{
    private static readonly Lazy<Compiled> s_kb = new(() => Compiled.At(Repository.Path("kb")));

    private static IReadOnlyList<QaUnit> Units => s_kb.Value.Compilation.Units;

    [Fact]
    public void It_compiles_without_a_warning()
    {
        Assert.DoesNotContain(s_kb.Value.Diagnostics, d => d.Severity is Severity.Error or Severity.Warning);
        Assert.All(s_kb.Value.Emitted!.Files.Take(3), f => Assert.NotEmpty(f.Lines));
    }

    [Fact]
    public void It_covers_jobs_skills_and_levels()
    {
        Assert.InRange(Units.Count, 80, int.MaxValue);
        Assert.InRange(Units.Select(u => u.Job).Distinct().Count(), 4, int.MaxValue);
        Assert.InRange(Units.Select(u => (u.Job, u.Skill)).Distinct().Count(), 10, int.MaxValue);
        Assert.All(Enum.GetValues<Level>(), l => Assert.InRange(Units.Count(u => u.Level == l), 10, int.MaxValue));
    }

    [Fact]
    public void At_least_half_of_it_is_chinese()
    {
        var chinese = Units.Count(u => u.Question.Text.Any(c => c is >= '\u4e00' and <= '\u9fff'));
        Assert.InRange(chinese * 2, Units.Count, 2 * Units.Count - 1);
    }

    [Fact]
    public void It_shows_what_a_source_can_say()
    {
        Assert.Contains(s_kb.Value.Compilation.Graph.Chains(), c => c.Length >= 3);
        Assert.Contains(Units, u => u.FrontMatter.Paraphrases.Length > 0);
        Assert.Contains(Units, u => u.FrontMatter.Context is not null);
        Assert.Contains(Units, u => u.FrontMatter.Negative);
        Assert.Contains(Units, u => u.FrontMatter.Tags.Length > 0);
    }

    [Fact]
    public void It_has_three_documents_each_with_rows()
    {
        var documents = s_kb.Value.Emitted!.Files.Where(f => f.Name.StartsWith("documents/", StringComparison.Ordinal)).SelectMany(f => f.Lines);
        Assert.Equal(3, documents.Select(r => r.Source).Distinct().Count());
    }
}
