using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using QaBuild.Model.Import;

namespace QaBuild.Model.Packaging;

/// <summary>What manifest.json says of a dataset's files (schema/manifest.schema.json).</summary>
/// <param name="Format">Of the rows: completions, chat, …</param>
/// <param name="EosToken">What ends an answer.</param>
/// <param name="EosOn">Where it stands: completion, both or none.</param>
/// <param name="Files">Names below the dataset's folder, splits and SHA-256s.</param>
public sealed record DatasetManifest(string Format, string EosToken, string EosOn, IReadOnlyList<DatasetManifestFile> Files)
{
    /// <summary>SHA-256 of the dataset: of the lines that <c>sha256sum</c> prints of its files, in the manifest's order.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Files.Select(f => $"{f.Sha256}  {f.Name}\n")))));

    /// <summary>Reads it.</summary>
    /// <exception cref="ModelFaultException">QA7003: it is absent or none.</exception>
    public static DatasetManifest Read(string path)
    {
        using var json = JsonFile.Open(path);
        if (json.Find("files") is not { ValueKind: JsonValueKind.Array } files)
        {
            throw json.Missing("files");
        }

        string Required(JsonElement parent, string name) => JsonFile.Find(parent, name) is { } member ? json.Text(name, member) : throw json.Missing(name);
        return new DatasetManifest(
            Required(json.Root, "format"), Required(json.Root, "eosToken"), Required(json.Root, "eosOn"),
            [.. files.EnumerateArray().Select(f => new DatasetManifestFile(Required(f, "file"), Required(f, "split"), Required(f, "sha256")))]);
    }
}

/// <summary>A file of a dataset.</summary>
/// <param name="Name">Below the dataset's folder.</param>
/// <param name="Split">train, valid or test.</param>
/// <param name="Sha256">Of its bytes.</param>
public sealed record DatasetManifestFile(string Name, string Split, string Sha256);
