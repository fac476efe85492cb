using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QaBuild.Dataset.Emission;

/// <summary>
/// How many tokens rows have, by their content: a file that who has the model's tokenizer fills and the compiler reads. Its first line names the tokenizer, each other line
/// the first half of a row's SHA-256 (without its line end) and its tokens.
/// </summary>
public sealed class TokenCounts
{
    private const int HashBytes = 16;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    private TokenCounts()
    {
    }

    /// <summary>Reads the counts of a tokenizer; none when the file is absent or of another tokenizer. Lines that are no counts are passed over: what they stood for is counted again.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TokenCounts Read(string path, string tokenizer)
    {
        var counts = new TokenCounts();
        if (!File.Exists(path))
        {
            return counts;
        }

        using var lines = new StreamReader(path, Encoding.ASCII);
        if (lines.ReadLine() != tokenizer)
        {
            return counts;
        }

        while (lines.ReadLine() is { } line)
        {
            if (line.Length > (2 * HashBytes) + 1 && int.TryParse(line.AsSpan((2 * HashBytes) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                counts._counts[line[..(2 * HashBytes)]] = count;
            }
        }

        return counts;
    }

    /// <summary>The tokens of a row, or null when nobody counted it.</summary>
    public int? Of(Row row) => _counts.TryGetValue(KeyOf(row.Json.Span), out var count) ? count : null;

    /// <summary>By which a row is known: the first half of the SHA-256 of its line, without the line end, in hexadecimal digits.</summary>
    public static string KeyOf(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line.TrimEnd((byte)'\n'), hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }
}
