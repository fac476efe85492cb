using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis;

/// <summary>Finds quotations and brackets nested so deep that Markdown renderers give up or hang on them.</summary>
internal static class Nesting
{
    private const int Deepest = 64;
    private static readonly string[] Runs = [.. new[] { "[", "(", "{", ">", "> " }.Select(mark => string.Concat(Enumerable.Repeat(mark, Deepest)))];

    /// <summary>Whether a text in UTF-8 surely has no such run; false says nothing. Of every half of <see cref="Deepest"/> bytes one is looked at, so that of a run two are, and the latter has another mark before it.</summary>
    public static bool IsSurelyShallow(ReadOnlySpan<byte> text)
    {
        for (var at = (Deepest / 2) - 1; at < text.Length; at += Deepest / 2)
        {
            var (mark, before) = (text[at], text[at - 1]);
            if ((mark is (byte)'[' or (byte)'(' or (byte)'{' or (byte)'>' && before == mark) || (mark == '>' && before == ' ') || (mark == ' ' && before == '>'))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsShallow(string text) => text.Length < Deepest || !Array.Exists(Runs, run => text.Contains(run, StringComparison.Ordinal));

    public static void Check(string text, string file, int firstLine, DiagnosticBag diagnostics)
    {
        if (text.Length < Deepest)
        {
            return;
        }

        foreach (var run in Runs)
        {
            var at = text.IndexOf(run, StringComparison.Ordinal);
            if (at >= 0)
            {
                var (line, column) = text.AsSpan(0, at).End();
                diagnostics.Add(Rule.DeepNesting, new Location(file, firstLine + line - 1, column), Deepest);
                return;
            }
        }
    }
}
