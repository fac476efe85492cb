using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model.Packaging;
using QaBuild.Model.Packaging.Gate;

namespace QaBuild.Tool;

/// <summary>What a model in Ollama was made of, one line for each thing that makes it another model.</summary>
/// <param name="Lines">A name, a space and a value each.</param>
internal sealed record OllamaStamp(IReadOnlyList<string> Lines)
{
    private const string Digest = "digest";

    /// <summary>What an import is about to use. Weights are told by length and time, as MSBuild tells changes.</summary>
    public static OllamaStamp Of(string name, Uri address, string file, Modelfile model, GateReport? gate) => new(
    [
        $"name {name}",
        $"address {address}",
        $"Modelfile {Hash(File.ReadAllBytes(file))}",
        .. new[] { model.Weights, model.Adapter }.OfType<string>().Select(p => new FileInfo(p)).Select(f => string.Create(CultureInfo.InvariantCulture, $"weights {f.Length} {f.LastWriteTimeUtc.Ticks}")),

        // What Ollama itself answers is no reason to ask it again.
        .. gate is null ? Array.Empty<string>() : [$"gate {Hash((gate with { Passed = true, Hops = [.. gate.Hops.Where(h => h.Kind == GateHopKind.Trainer)] }).ToJson())}"],
    ]);

    /// <summary>Whether the last import was of this and its model is still there; if not, why.</summary>
    /// <param name="path">What the last import wrote, or null.</param>
    /// <param name="digest">The digest of the model that is there, or null.</param>
    public (Phrase Why, bool Unchanged) Compare(string? path, string? digest)
    {
        if (path is null || !File.Exists(path))
        {
            return (new Phrase("OllamaWhyFirst"), false);
        }

        var old = File.ReadAllLines(path);
        var changed = Lines.FirstOrDefault(l => !old.Contains(l)) ?? old.FirstOrDefault(l => !Lines.Contains(l) && !l.StartsWith(Digest, StringComparison.Ordinal));
        return changed is not null ? (new Phrase("OllamaWhyChanged", changed.Split(' ')[0]), false)
            : digest is null ? (new Phrase("OllamaWhyGone"), false)
            : old.Contains($"{Digest} {digest}") ? (new Phrase("OllamaWhyFirst"), true)
            : (new Phrase("OllamaWhyOther"), false);
    }

    /// <summary>As the file holds it.</summary>
    public byte[] ToBytes(string? digest) => Encoding.UTF8.GetBytes(string.Concat(Lines.Append($"{Digest} {digest}").Select(l => l + "\n")));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
