using System.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Finds what must not be published, but for what the project allows.</summary>
internal sealed class SensitiveText(AllowedContent allowed)
{
    private static readonly ISensitiveFinder[] Finders = [new Secrets(), new LongNumbers(), new EmailAddresses()];

    public bool IsAbsent(MarkedText text)
    {
        foreach (var finder in Finders)
        {
            if (text.Has(finder.Mark) && Find(finder, text.Text, 0, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports every passage of a text whose first line is line <paramref name="firstLine"/> of a file.</summary>
    public void Check(ReadOnlySpan<char> text, string file, int firstLine, DiagnosticBag diagnostics)
    {
        foreach (var finder in FindersFor(text))
        {
            var places = new Places(text, file, firstLine);
            for (var from = 0; Find(finder, text, from, out var found); from = found.End)
            {
                Report(found, text, places.Of(found.Start, found.Length), diagnostics);
            }
        }
    }

    /// <summary>Reports every passage of a text whose own lines are not known, at the place where it begins.</summary>
    public void Check(ReadOnlySpan<char> text, Location place, DiagnosticBag diagnostics)
    {
        foreach (var finder in FindersFor(text))
        {
            for (var from = 0; Find(finder, text, from, out var found); from = found.End)
            {
                Report(found, text, place, diagnostics);
            }
        }
    }

    /// <summary>The text with every passage masked: what a message may quote.</summary>
    public string Masked(string text)
    {
        foreach (var finder in FindersFor(text))
        {
            var masked = new StringBuilder();
            var from = 0;
            for (; Find(finder, text, from, out var found); from = found.End)
            {
                masked.Append(text, from, found.Start - from).Append(Sensitive.Mask(text.AsSpan(found.Start, found.Length)));
            }

            text = from == 0 ? text : masked.Append(text, from, text.Length - from).ToString();
        }

        return text;
    }

    private static ISensitiveFinder[] FindersFor(ReadOnlySpan<char> text)
    {
        var marks = new MarkedText(text).Marks;
        return Array.FindAll(Finders, f => (marks & f.Mark) != 0);
    }

    private static void Report(Sensitive found, ReadOnlySpan<char> text, Location place, DiagnosticBag diagnostics) =>
        diagnostics.Add(found.Rule, place, new Phrase(found.Kind), Sensitive.Mask(text.Slice(found.Start, found.Length)));

    private bool Find(ISensitiveFinder finder, ReadOnlySpan<char> text, int from, out Sensitive found)
    {
        while (finder.Find(text, from, out found))
        {
            if (!allowed.Allows(text.Slice(found.Start, found.Length)))
            {
                return true;
            }

            from = found.End;
        }

        return false;
    }
}
