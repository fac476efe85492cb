using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QaBuild.Dataset.Reporting;

/// <summary>
/// Puts the page together. Its security policy lets run the scripts that this library brings, known by their hashes, and nothing else; what comes from sources is
/// compressed data, which no browser takes for markup.
/// </summary>
internal static class ReportPage
{
    // So many texts are unpacked in one go: a pause that nobody notices.
    private const int TextsOfPart = 1000;

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page as UTF-8.</summary>
    public static byte[] Of(ReportFacts facts, PageLibraries libraries)
    {
        var style = libraries.Style + "\n" + PageSource.Read("page.css");
        var data = new StringBuilder();
        foreach (var part in Parts(facts))
        {
            data.Append("<script type=\"application/gzip\" class=\"data\">").Append(part).Append("</script>\n");
        }

        var values = new Dictionary<string, string>
        {
            ["policy"] = $"default-src 'none'; script-src {Hash(libraries.Script)} {Hash(PageSource.Script)}; style-src {Hash(style)}; base-uri 'none'; form-action 'none'; "
                + "require-trusted-types-for 'script'; trusted-types 'none'",
            ["language"] = facts.Data.Language,
            ["style"] = style,
            ["libraries"] = libraries.Script,
            ["script"] = PageSource.Script,
            ["licences"] = libraries.Licences,
            ["data"] = data.ToString(),
        };
        return Encoding.UTF8.GetBytes(PageSource.Fill(PageSource.Read("index.html"), values));
    }

    private static string[] Parts(ReportFacts facts)
    {
        var chunks = facts.Texts.Chunk(TextsOfPart).ToArray();
        var parts = new string[chunks.Length + 3];
        Chunks.Each(parts.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, i => parts[i] = i switch
        {
            0 => Packed(facts.Data),
            1 => Packed(facts.Findings),
            2 => Packed(facts.Model),
            _ => Packed(chunks[i - 3]),
        });
        return parts;
    }

    private static string Packed<T>(T value)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            JsonSerializer.Serialize(gzip, value, Format);
        }

        return Convert.ToBase64String(packed.ToArray());
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
