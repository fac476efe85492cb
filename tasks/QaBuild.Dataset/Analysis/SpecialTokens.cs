using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis;

/// <summary>
/// Finds tokens with a meaning of their own to the model inside the text: a tokenizer turns them into control tokens, so an answer could end in its middle
/// or speak with another role's voice. One EOS at the very end of an answer is the author's and is not doubled.
/// </summary>
internal sealed class SpecialTokens(IReadOnlyCollection<string> tokens, string eos)
{
    // Made for a text that holds the first character of one: many hold none, and to make it takes longer than to compile a small knowledge base.
    private readonly Lazy<SearchValues<string>> _any = new(() => SearchValues.Create([.. tokens.Append(eos).Where(t => t.Length > 0)], StringComparison.Ordinal));
    private readonly string _firstCharacters = FirstOf(tokens.Append(eos));
    private readonly byte[][] _utf8 = [.. tokens.Append(eos).Where(t => t.Length > 0).Distinct().Select(Encoding.UTF8.GetBytes)];
    private readonly byte[] _firstBytes = FirstOf(tokens.Append(eos).Where(t => t.Length > 0).Select(Encoding.UTF8.GetBytes));

    /// <summary>Whether a question and its answer, in UTF-8, have none, not even a final EOS.</summary>
    public bool IsAbsent(ReadOnlySpan<byte> question, ReadOnlySpan<byte> answer) => IsAbsent(question) && IsAbsent(answer);

    /// <summary>Whether a unit without front matter surely has none.</summary>
    public bool IsAbsent(QaUnit unit) => First(unit.Question.Text) < 0 && First(WithoutFinalEos(unit.Answer.Text)) < 0;

    public void Check(QaUnit unit, DiagnosticBag diagnostics)
    {
        Check(unit.Question.Text, unit.File.FullPath, unit.Question.BodyLine, diagnostics);
        Check(WithoutFinalEos(unit.Answer.Text), unit.File.FullPath, unit.Answer.BodyLine, diagnostics);
        foreach (var paraphrase in unit.FrontMatter.Paraphrases)
        {
            Check(paraphrase.Text, unit.File.FullPath, paraphrase.Line, diagnostics);
        }

        Check(unit.FrontMatter.System, unit, "#/system", diagnostics);
        Check(unit.FrontMatter.Context?.Text, unit, "#/context.text", diagnostics);
        Check(unit.FrontMatter.Tools, unit, "#/tools", diagnostics);
        Check(unit.FrontMatter.Calls, unit, "#/calls", diagnostics);
    }

    public void Check(ReadOnlySpan<char> text, string file, int firstLine, DiagnosticBag diagnostics)
    {
        for (int from = 0, at; from < text.Length && (at = First(text[from..])) >= 0;)
        {
            var start = from + at;
            var token = TokenAt(text[start..]);
            var (line, column) = text[..start].End();
            diagnostics.Add(Rule.SpecialToken, new Location(file, firstLine + line - 1, column, column + token.Length), token);
            from = start + token.Length;
        }
    }

    private static string FirstOf(IEnumerable<string> tokens)
    {
        var first = "";
        foreach (var token in tokens)
        {
            first += token.Length > 0 && !first.Contains(token[0]) ? token[..1] : "";
        }

        return first;
    }

    private static byte[] FirstOf(IEnumerable<byte[]> tokens)
    {
        var first = new List<byte>();
        foreach (var token in tokens)
        {
            if (!first.Contains(token[0]))
            {
                first.Add(token[0]);
            }
        }

        return [.. first];
    }

    private int First(ReadOnlySpan<char> text) => text.IndexOfAny(_firstCharacters) < 0 ? -1 : text.IndexOfAny(_any.Value);

    private bool IsAbsent(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOfAny(_firstBytes)) >= 0; text = text[(at + 1)..])
        {
            foreach (var token in _utf8)
            {
                if (text[at..].StartsWith(token))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Check(ImmutableArray<JObject> items, QaUnit unit, string key, DiagnosticBag diagnostics)
    {
        for (var i = 0; i < items.Length; i++)
        {
            foreach (var value in items[i].Descendants().OfType<JValue>())
            {
                Check(value.Value as string, unit, $"{key}[{i}]{value.Path[items[i].Path.Length..]}", diagnostics);
            }
        }
    }

    private void Check(string? text, QaUnit unit, string key, DiagnosticBag diagnostics)
    {
        if (text is not null && First(text) is >= 0 and var at)
        {
            var (line, column) = unit.FrontMatter.PlaceOf(key);
            diagnostics.Add(Rule.SpecialToken, new Location(unit.File.FullPath, line, column), TokenAt(text.AsSpan(at)));
        }
    }

    private ReadOnlySpan<char> WithoutFinalEos(string answer) =>
        eos.Length > 0 && answer.EndsWith(eos, StringComparison.Ordinal) ? answer.AsSpan(0, answer.Length - eos.Length) : answer;

    private string TokenAt(ReadOnlySpan<char> text)
    {
        var longest = "";
        foreach (var token in tokens.Append(eos))
        {
            if (token.Length > longest.Length && text.StartsWith(token))
            {
                longest = token;
            }
        }

        return longest;
    }
}
