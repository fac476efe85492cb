using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Splitting;

public sealed class StabilityTests
{
    [Fact]
    public void Adding_removing_or_editing_a_file_moves_only_its_own_group()
    {
        const int Count = 300;
        var random = new Random(20260101);
        using var folder = new TemporaryFolder();
        var related = new int[Count + 1];
        var leaves = Enumerable.Range(1, Count).ToHashSet();
        for (var i = 1; i <= Count; i++)
        {
            related[i] = i > 1 && random.Next(3) == 0 ? random.Next(1, i) : 0;
            leaves.Remove(related[i]);
            folder.Write(Qa.PathOf(i), Text(i, $"Question {i}?"));
        }

        var all = Directory.GetFiles(folder.Path, "*.md", SearchOption.AllDirectories);
        var whole = Compiled.With(folder.Path, all);
        var groups = whole.Emitted!.Files.SelectMany(f => f.Lines).ToDictionary(r => r.Source, r => r.Group);
        foreach (var changed in leaves.Order().Take(12))
        {
            var (path, full) = (Qa.PathOf(changed), Path.Combine(folder.Path, Qa.PathOf(changed)));
            var without = Compiled.With(folder.Path, [.. all.Where(f => f != full)]);
            AssertOthersStay(whole.Splits, without.Splits, p => groups[p] == groups[path]);

            folder.Write(path, Text(changed, $"Edited {changed}!"));
            AssertOthersStay(whole.Splits, Compiled.With(folder.Path, all).Splits, p => groups[p] == groups[path]);
            folder.Write(path, Text(changed, $"Question {changed}?"));
        }

        string Text(int i, string question) => Qa.Text(question: question, related: related[i] == 0 ? "none" : Path.GetFileName(Qa.PathOf(related[i])));
    }

    private static void AssertOthersStay(Dictionary<string, string> before, Dictionary<string, string> after, Func<string, bool> mayMove)
    {
        var others = before.Where(b => !mayMove(b.Key)).ToList();
        Assert.True(others.Count > before.Count / 2);
        Assert.All(others, o => Assert.Equal(o.Value, after[o.Key]));
    }
}
