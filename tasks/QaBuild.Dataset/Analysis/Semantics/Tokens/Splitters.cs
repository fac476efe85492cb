using System.Globalization;
using System.Text;

namespace QaBuild.Dataset.Analysis.Semantics.Tokens;

/// <summary>What tokenizers cut a text into before they look for pieces.</summary>
internal static class Splitters
{
    private enum Kind
    {
        Blank,
        Word,
        Mark,
    }

    /// <summary>Words between white space; every punctuation mark a word of its own.</summary>
    public static IEnumerable<string> Bert(string text) => Runs(text, r => Rune.IsWhiteSpace(r) ? Kind.Blank : IsPunctuation(r) ? Kind.Mark : Kind.Word, marksApart: true);

    /// <summary>Runs of letters and digits, and runs of what is neither that nor white space.</summary>
    public static IEnumerable<string> Whitespace(string text) => Runs(text, r => Rune.IsWhiteSpace(r) ? Kind.Blank : IsWordCharacter(r) ? Kind.Word : Kind.Mark, marksApart: false);

    /// <summary>What stands between white space.</summary>
    public static IEnumerable<string> WhitespaceSplit(string text) => Runs(text, r => Rune.IsWhiteSpace(r) ? Kind.Blank : Kind.Word, marksApart: false);

    /// <summary>Punctuation marks apart; white space stays.</summary>
    public static IEnumerable<string> Punctuation(string text) => Runs(text, r => IsPunctuation(r) ? Kind.Mark : Kind.Word, marksApart: true);

    /// <summary>A mark in the place of each blank; words begin with it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mark">Commonly ▁.</param>
    /// <param name="prepend">Whether the text begins with the mark, too.</param>
    /// <param name="split">Whether words are cut apart.</param>
    public static IEnumerable<string> Metaspace(string text, char mark, bool prepend, bool split)
    {
        text = text.Replace(' ', mark);
        text = prepend && !text.StartsWith(mark) ? mark + text : text;
        var from = 0;
        for (var i = 1; split && i < text.Length; i++)
        {
            if (text[i] == mark)
            {
                yield return text[from..i];
                from = i;
            }
        }

        yield return text[from..];
    }

    private static IEnumerable<string> Runs(string text, Func<Rune, Kind> kindOf, bool marksApart)
    {
        var (from, at, current) = (0, 0, Kind.Blank);
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = kindOf(rune);
            if (at > from && (kind != current || (kind == Kind.Mark && marksApart)))
            {
                if (current != Kind.Blank)
                {
                    yield return text[from..at];
                }

                from = at;
            }

            current = kind;
            at += rune.Utf16SequenceLength;
        }

        if (at > from && current != Kind.Blank)
        {
            yield return text[from..at];
        }
    }

    // BERT counts $, +, < and their kin, too.
    private static bool IsPunctuation(Rune rune) =>
        rune.Value is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~' || Rune.IsPunctuation(rune);

    private static bool IsWordCharacter(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;
}
