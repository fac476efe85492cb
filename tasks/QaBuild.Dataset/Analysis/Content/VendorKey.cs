using System.Buffers;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>The shapes of the keys that cloud and model vendors hand out.</summary>
internal static class VendorKey
{
    // A key is drawn at random: what spells a word, counts up or repeats itself stands for a key.
    private static readonly SearchValues<string> Stopgaps =
        SearchValues.Create(["example", "xxxx", "your", "1234", "abcd", "0000", "sample", "dummy", "placeholder", "secret", "token", "....", "aaaa"], StringComparison.OrdinalIgnoreCase);

    private static readonly AsciiSet Alphanumeric = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly AsciiSet Base64Url = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The length of the key that <paramref name="text"/> begins with; 0 when it begins with none.</summary>
    public static int LengthOf(ReadOnlySpan<char> text) => text[0] switch
    {
        'A' when text.StartsWith("AIza") => Key(text, 4, Base64Url, 35, 35),
        'A' when text.StartsWith("AKID") => Key(text, 4, Alphanumeric, 32, 32),
        'A' => Key(text, 4, Alphanumeric, 16, 16) is > 0 and var length && !text[..length].ContainsAnyInRange('a', 'z') ? length : 0,
        'L' => Key(text, 4, Alphanumeric, 12, 26),
        'g' when text.StartsWith("glpat-") => Key(text, 6, Base64Url, 20, 100),
        'g' when text.StartsWith("github_pat_") => Key(text, 11, Base64Url, 40, 100),
        'g' => Key(text, 4, Alphanumeric, 36, 255),
        'x' => Key(text, 5, Base64Url, 20, 200),
        'h' => Key(text, 3, Alphanumeric, 30, 40, digits: false),
        's' => Key(text, 3, Base64Url, 20, 250) is > 0 and var length && HasLongPart(text[3..length]) ? length : 0,
        _ => 0,
    };

    /// <summary>The length of the base64url run that <paramref name="text"/> begins with.</summary>
    public static int RunOf(ReadOnlySpan<char> text) => Base64Url.Leading(text);

    public static bool LooksRandom(ReadOnlySpan<char> key)
    {
        const int FewestKinds = 8;
        ulong low = 0, high = 0;
        foreach (var c in key)
        {
            if (c < 64)
            {
                low |= 1UL << c;
            }
            else
            {
                high |= 1UL << (c - 64);
            }
        }

        return ulong.PopCount(low) + ulong.PopCount(high) >= FewestKinds && !key.ContainsAny(Stopgaps);
    }

    private static int Key(ReadOnlySpan<char> text, int prefix, AsciiSet alphabet, int shortest, int longest, bool digits = true)
    {
        var length = alphabet.Leading(text[prefix..]);
        if (length < shortest || length > longest)
        {
            return 0;
        }

        var body = text.Slice(prefix, length);
        var mixed = body.ContainsAnyInRange('a', 'z') || body.ContainsAnyInRange('A', 'Z');
        mixed &= digits ? body.ContainsAnyInRange('0', '9') : body.ContainsAnyInRange('a', 'z') && body.ContainsAnyInRange('A', 'Z');
        return mixed && LooksRandom(body) ? prefix + length : 0;
    }

    // sk-learn-pipeline-2024-notes is a name; a key has a stretch of letters and digits that no name has.
    private static bool HasLongPart(ReadOnlySpan<char> body)
    {
        const int Long = 16;
        foreach (var range in body.SplitAny('-', '_'))
        {
            var part = body[range];
            if (part.Length >= Long && part.ContainsAnyInRange('0', '9'))
            {
                return true;
            }
        }

        return false;
    }
}
