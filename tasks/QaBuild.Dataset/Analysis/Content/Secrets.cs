using System.Buffers.Text;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Finds keys, tokens and passwords. One pass looks for the marks that all of them have; what stands at a mark is then looked at closely.</summary>
internal sealed class Secrets : ISensitiveFinder
{
    private static readonly PhraseTable Any = new((Content.Marks.Secret, Marks));

    private static readonly AsciiSet Base64 = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>What all of them begin with or stand beside.</summary>
    public static string[] Marks =>
        ["-----BEGIN", "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
            "LTAI", "AKID", "AccountKey=", "sk-", "hf_", "eyJ", "://", "password", "passwd", "pwd"];

    public Marks Mark => Content.Marks.Secret;

    public bool Find(ReadOnlySpan<char> text, int from, out Sensitive found)
    {
        for (int at; (at = Any.First(text[from..])) >= 0;)
        {
            var start = from + at;
            if (At(text, start, out found) && found.Start >= from)
            {
                return true;
            }

            from = start + 1;
        }

        found = default;
        return false;
    }

    private static bool At(ReadOnlySpan<char> text, int start, out Sensitive found)
    {
        var rest = text[start..];
        found = default;
        return rest[0] switch
        {
            '-' => PrivateKey(rest, start, out found),
            ':' or 'p' or 'P' => ConnectionPassword.At(text, start, out found),
            'e' => Starts(text, start) && WebToken(rest, start, out found),
            'A' or 'a' when rest.StartsWith("AccountKey=", StringComparison.OrdinalIgnoreCase) => AccountKey(rest, start, out found),
            _ => Starts(text, start) && VendorKey.LengthOf(rest) is > 0 and var length && Is("SecretCloudKey", start, length, out found),
        };
    }

    private static bool Is(string kind, int start, int length, out Sensitive found)
    {
        found = new Sensitive(Rule.Secret, kind, start, length);
        return true;
    }

    // What a mark stands in the middle of is a word or a longer run, and only the run's first mark is read on from: that keeps the search linear.
    private static bool Starts(ReadOnlySpan<char> text, int start) => start == 0 || !(char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-');

    // An example without the key itself is no secret: below the mark, a line of it must follow.
    private static bool PrivateKey(ReadOnlySpan<char> rest, int start, out Sensitive found)
    {
        const int Longest = 80, Within = 2000, OneLine = 32;
        found = default;
        var mark = rest[..Math.Min(rest.Length, Longest)];
        var name = mark.IndexOf("PRIVATE KEY");
        var end = name < 0 ? -1 : mark[name..].IndexOf("-----");
        if (end < 0 || mark["-----BEGIN".Length..name].ContainsAnyExceptInRange(' ', 'Z'))
        {
            return false;
        }

        var length = name + end + "-----".Length;
        var body = rest.Slice(length, Math.Min(rest.Length - length, Within));
        body = body.IndexOf("-----") is >= 0 and var close ? body[..close] : body;
        for (int at; (at = Base64.First(body)) >= 0;)
        {
            var run = Base64.Leading(body[at..]);
            if (run >= OneLine)
            {
                return Is("SecretPrivateKey", start, length, out found);
            }

            body = body[(at + run)..];
        }

        return false;
    }

    private static bool WebToken(ReadOnlySpan<char> rest, int start, out Sensitive found)
    {
        const int ShortestSignature = 16, LongestHeader = 1024;
        found = default;
        var header = VendorKey.RunOf(rest);
        if (header > LongestHeader || header >= rest.Length || rest[header] != '.')
        {
            return false;
        }

        var payload = VendorKey.RunOf(rest[(header + 1)..]);
        var second = header + 1 + payload;
        var signature = payload == 0 || second >= rest.Length || rest[second] != '.' ? 0 : VendorKey.RunOf(rest[(second + 1)..]);

        // The token of every tutorial: {"sub":"1234567890", …
        return signature >= ShortestSignature && !rest[(header + 1)..].StartsWith("eyJzdWIiOiIxMjM0NTY3ODkwI") && NamesAlgorithm(rest[..header])
            && Is("SecretWebToken", start, second + 1 + signature, out found);
    }

    private static bool NamesAlgorithm(ReadOnlySpan<char> header)
    {
        Span<byte> json = stackalloc byte[Base64Url.GetMaxDecodedLength(header.Length)];
        return Base64Url.TryDecodeFromChars(header, json, out var length) && json[..length] is [(byte)'{', .., (byte)'}'] && json[..length].IndexOf("\"alg\""u8) > 0;
    }

    private static bool AccountKey(ReadOnlySpan<char> rest, int start, out Sensitive found)
    {
        const int Shortest = 40;
        found = default;
        var key = rest["AccountKey=".Length..];
        var length = Base64.Leading(key);

        // The key of the storage emulator is the same on every machine.
        return length >= Shortest && !key.StartsWith("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq") && VendorKey.LooksRandom(key[..length])
            && Is("SecretCloudKey", start + "AccountKey=".Length, length, out found);
    }
}
