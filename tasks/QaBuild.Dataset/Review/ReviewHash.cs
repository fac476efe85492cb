using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using QaBuild.Dataset.Linking;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review;

/// <summary>
/// The hash of what a reviewer reads: question, answer, the texts of the front matter that stand in rows, and the related questions, whose order does not count.
/// It is the first 16 hexadecimal digits of the SHA-256 of netstrings (https://cr.yp.to/proto/netstrings.txt), a name and a text in turn: <c>question</c>,
/// <c>answer</c>, then, of those that there are, <c>system</c>, <c>context</c>, each <c>paraphrase</c>, <c>tools</c> and <c>calls</c> as JSON without blanks, and
/// each <c>link</c> once, as it is written, in the order of its UTF-8 bytes. A netstring is the length in bytes, a colon, the bytes and a comma.
/// </summary>
internal static class ReviewHash
{
    private const int Digits = 16;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a text has the form of one.</summary>
    public static bool IsOne(ReadOnlySpan<char> text) => text.Length == Digits && !text.ContainsAnyExcept(s_digits);

    /// <summary>The hash of what a file says.</summary>
    public static string Of(string question, string answer, FrontMatter front, SectionText related)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string name, string? text)
        {
            if (text is not null)
            {
                Append(hash, Encoding.UTF8.GetBytes(name));
                Append(hash, Encoding.UTF8.GetBytes(text));
            }
        }

        Add("question", question);
        Add("answer", answer);
        Add("system", front.System);
        Add("context", front.Context?.Text);
        foreach (var paraphrase in front.Paraphrases)
        {
            Add("paraphrase", paraphrase.Text);
        }

        Add("tools", front.Tools.IsEmpty ? null : JsonConvert.SerializeObject(front.Tools, Formatting.None));
        Add("calls", front.Calls.IsEmpty ? null : JsonConvert.SerializeObject(front.Calls, Formatting.None));
        foreach (var link in LinksIn(related))
        {
            Append(hash, "link"u8);
            Append(hash, link);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }

    /// <inheritdoc cref="Of(string, string, FrontMatter, SectionText)"/>
    public static string Of(QaUnit unit) => Of(unit.Question.Text, unit.Answer.Text, unit.FrontMatter, unit.Related);

    // What a link leads to is decided by the other files, which no reviewer of this one can hold still: what is written counts.
    private static IEnumerable<byte[]> LinksIn(SectionText related) =>
        References.In(related, Vocabulary.Default, _ => false)
            .Select(r => r.Target.EndsWith(".md", StringComparison.OrdinalIgnoreCase) ? r.Target[..^3] : r.Target)
            .Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)
            .Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[12];
        Utf8Formatter.TryFormat(text.Length, length, out var digits);
        hash.AppendData(length[..digits]);
        hash.AppendData(":"u8);
        hash.AppendData(text);
        hash.AppendData(","u8);
    }
}
