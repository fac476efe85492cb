using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>The words that only one of two texts has, as they stand there; those that follow one another together.</summary>
/// <param name="OnlyFirst">Empty when the other has them all.</param>
/// <param name="OnlySecond">Empty when the other has them all.</param>
internal sealed record WordDifference(string OnlyFirst, string OnlySecond)
{
    /// <summary>For messages.</summary>
    public object Here => Shown(OnlyFirst);

    /// <summary>For messages.</summary>
    public object There => Shown(OnlySecond);

    // More than a reader of a message would read.
    private const int Longest = 120;

    public static WordDifference Of(string first, string second) => new(Missing(first, second), Missing(second, first));

    private static object Shown(string words) => words.Length > 0 ? $"'{words}'" : new Phrase("NoWords");

    private static string Missing(string text, string other)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var known = words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var reader = new TokenReader(other); reader.Next();)
        {
            known.Add(reader.Token);
        }

        var missing = new StringBuilder();
        var (start, end) = (-1, -1);
        for (var reader = new TokenReader(text); reader.Next() && missing.Length <= Longest;)
        {
            if (!known.Contains(reader.Token))
            {
                (start, end) = (start < 0 ? reader.Start : start, reader.End);
            }
            else
            {
                Close();
            }
        }

        Close();
        return missing.Length > Longest ? missing.ToString(0, Longest) + "…" : missing.ToString();

        void Close()
        {
            if (start >= 0)
            {
                missing.Append(missing.Length > 0 ? " … " : "").Append(text, start, Math.Min(end - start, Longest + 1));
                start = -1;
            }
        }
    }
}
