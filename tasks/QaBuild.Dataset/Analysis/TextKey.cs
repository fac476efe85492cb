using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis;

/// <summary>
/// What two wordings share that differ only in Unicode compatibility forms, letter case, blanks or sentence punctuation: 128 bits of the SHA-256
/// of the normalised text.
/// </summary>
internal readonly record struct TextKey(ulong High, ulong Low)
{
    public bool Equals(TextKey other) => High == other.High && Low == other.Low;

    public override int GetHashCode() => (int)Low;

    /// <summary>What wordings about one passage share; of no passage, the key itself.</summary>
    public TextKey About(TextKey passage) => new(High ^ passage.Low, Low ^ passage.High);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TextKey Of(ReadOnlySpan<char> text)
    {
        var compatible = CompatibleForm.Of(text);
        var buffer = compatible.Length <= 512 ? stackalloc char[512] : new char[compatible.Length];
        var length = 0;
        var pendingBlank = false;
        for (var i = 0; i < compatible.Length; i++)
        {
            var c = compatible[i];
            if (char.IsWhiteSpace(c) || EndsSentence(compatible, i))
            {
                pendingBlank = true;
                continue;
            }

            // Chinese is written with or without blanks around Latin words, and without any between words.
            if (pendingBlank && length > 0 && !IsIdeographic(c) && !IsIdeographic(buffer[length - 1]))
            {
                buffer[length++] = ' ';
                if (length == buffer.Length)
                {
                    break;
                }
            }

            pendingBlank = false;
            buffer[length++] = char.ToLowerInvariant(c);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(buffer[..length]), hash);
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        return new TextKey(words[0], words[1]);
    }

    // A dot inside 1.5 or a colon inside ::text is no punctuation of a sentence.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EndsSentence(ReadOnlySpan<char> text, int at) =>
        text[at] is '。' or '、' or '“' or '”' or '‘' or '’' or '…' or '《' or '》'
        || (text[at] is '.' or ',' or ';' or ':' or '!' or '?' or '"' && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || IsIdeographic(text[at + 1]) || text[at + 1] is '"' or '”' or '’'));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIdeographic(char c) => c is >= '\u2e80' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' or >= '\ud840' and <= '\ud8ff';
}
