using System.Text.Json;

namespace QaBuild.Benchmarks.Duplicates;

/// <summary>Texts of the Alpaca set.</summary>
internal static class Alpaca
{
    public static string Path(string shared) => System.IO.Path.Combine(shared, "data", "sft", "alpaca_52k.json");

    /// <summary>The questions as <c>make_kb.py</c> writes them.</summary>
    public static string[] Questions(string shared) => [.. Rows(shared).Select(r => r.Question)];

    /// <summary>Questions with their answers.</summary>
    public static (string Question, string Answer)[] Pairs(string shared) => Rows(shared);

    /// <summary>The questions, then sentences of the answers until there are <paramref name="count"/> texts.</summary>
    public static string[] Sentences(string shared, int count)
    {
        const int Fewest = 20;
        var rows = Rows(shared);
        var sentences = rows.SelectMany(r => r.Answer.Split(['.', '?', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Where(s => s.Length >= Fewest);
        return [.. rows.Select(r => r.Question).Concat(sentences).Take(count)];
    }

    private static (string Question, string Answer)[] Rows(string shared)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path(shared)));
        return [.. json.RootElement.EnumerateArray().Select(r => (Question(r.GetProperty("instruction").GetString()!, r.GetProperty("input").GetString()!), r.GetProperty("output").GetString()!))];
    }

    private static string Question(string instruction, string input) => string.IsNullOrWhiteSpace(input) ? instruction : $"{instruction}\n\n{input}";
}
