using System.Security.Cryptography;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Semantics.Tokens;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>Opens a folder in model2vec's format: <c>model.safetensors</c>, <c>tokenizer.json</c> and <c>config.json</c>.</summary>
internal static class StaticModelFolder
{
    private const long LargestTable = 1 << 30;
    private const long LargestJson = 128 << 20;

    /// <summary>The model, or null when the folder is none: that is a finding.</summary>
    public static StaticEmbedder? Open(string folder, DiagnosticBag diagnostics)
    {
        try
        {
            byte[] table = Read(folder, "model.safetensors", LargestTable), tokenizer = Read(folder, "tokenizer.json", LargestJson), config = Read(folder, "config.json", LargestJson);
            return Parse(table, tokenizer, config);
        }
        catch (UnusableModelException e)
        {
            diagnostics.Add(Rule.SemanticModelUnusable, Location.File(folder), folder, e.Reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(Rule.SemanticModelUnusable, Location.File(folder), folder, e.Message);
        }

        return null;
    }

    /// <summary>The model that these files are.</summary>
    /// <exception cref="UnusableModelException">They are none.</exception>
    public static StaticEmbedder Parse(byte[] table, byte[] tokenizer, byte[] config)
    {
        try
        {
            using var configuration = JsonDocument.Parse(config);
            var normalize = configuration.RootElement.TryGetProperty("normalize", out var flag) && flag.ValueKind == JsonValueKind.True;
            return new StaticEmbedder(Safetensors.Parse(table), tokens => TokenizerReader.Read(tokenizer, tokens), normalize, Identity(table, tokenizer, config));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException or NotSupportedException)
        {
            throw new UnusableModelException(new Phrase("ModelSyntax", e.Message));
        }
    }

    private static byte[] Read(string folder, string name, long largest)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
        {
            throw new UnusableModelException(new Phrase("ModelFileAbsent", name));
        }

        return file.Length <= largest ? File.ReadAllBytes(file.FullName) : throw new UnusableModelException(new Phrase("ModelFileLarge", name, file.Length, largest));
    }

    private static string Identity(params ReadOnlySpan<byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(SHA256.HashData(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
