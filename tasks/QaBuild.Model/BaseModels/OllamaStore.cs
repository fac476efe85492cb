using System.Globalization;
using System.Text.Json;
using QaBuild.Model.Import;
using QaBuild.Model.Packaging.Ollama;

namespace QaBuild.Model.BaseModels;

/// <summary>
/// The models that Ollama keeps on this machine: <c>manifests/HOST/NAMESPACE/NAME/TAG</c> name the layers, <c>blobs/sha256-…</c> hold them. Nothing is asked of a server.
/// </summary>
/// <param name="Roots">The folders that are looked into, in order.</param>
public sealed record OllamaStore(IReadOnlyList<string> Roots)
{
    private const string WeightsType = "application/vnd.ollama.image.model";
    private const string DefaultNamespace = "library";
    private const int MostListed = 20;

    /// <summary>The folder that <c>OLLAMA_MODELS</c> names, or those that Ollama uses without it: the user's own, and that of the service on Linux.</summary>
    public static OllamaStore Default() => Environment.GetEnvironmentVariable("OLLAMA_MODELS") is { Length: > 0 } folder
        ? new OllamaStore([folder])
        : new OllamaStore([Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ollama", "models"), "/usr/share/ollama/.ollama/models"]);

    /// <summary>The GGUF of a model.</summary>
    /// <param name="name"><c>[HOST/][NAMESPACE/]NAME[:TAG]</c>.</param>
    /// <exception cref="ModelFaultException">QA7006: what was looked for, and where; QA7003: a manifest is malformed.</exception>
    public string Find(string name)
    {
        string full;
        try
        {
            full = OllamaModelName.WithTag(name);
        }
        catch (ModelFaultException e)
        {
            throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", BaseModel.OllamaPrefix + name, e.Arguments[1]);
        }

        foreach (var root in Roots)
        {
            if (Manifests(root, full).FirstOrDefault(File.Exists) is { } manifest)
            {
                return Weights(root, manifest);
            }
        }

        var known = Roots.SelectMany(Names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostListed).ToArray();
        throw new ModelFaultException(
            ModelFaults.BaseModelUnusable, "", BaseModel.OllamaPrefix + name, new Reason("OllamaModelNowhere", full, string.Join(", ", Roots), known.Length > 0 ? string.Join(", ", known) : "–"));
    }

    private static IEnumerable<string> Manifests(string root, string name)
    {
        var colon = name.LastIndexOf(':');
        var (path, tag) = (name[..colon].Split('/'), name[(colon + 1)..]);
        var manifests = Path.Combine(root, "manifests");
        return path.Length switch
        {
            // Whatever host the models of the library came from.
            1 => Hosts(manifests).Select(h => Path.Combine(h, DefaultNamespace, path[0], tag)),
            2 => Hosts(manifests).Select(h => Path.Combine(h, path[0], path[1], tag)),
            _ => [Path.Combine([manifests, .. path, tag])],
        };
    }

    private static IEnumerable<string> Hosts(string manifests) => Directory.Exists(manifests) ? Directory.EnumerateDirectories(manifests).Order(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Names(string root)
    {
        foreach (var host in Hosts(Path.Combine(root, "manifests")))
        {
            foreach (var tag in Directory.EnumerateFiles(host, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true }))
            {
                var parts = Path.GetRelativePath(host, tag).Split(Path.DirectorySeparatorChar);
                if (parts.Length == 3)
                {
                    yield return (parts[0] == DefaultNamespace ? "" : parts[0] + "/") + $"{parts[1]}:{parts[2]}";
                }
            }
        }
    }

    private static string Weights(string root, string manifest)
    {
        using var json = JsonFile.Open(manifest);
        var layers = json.Find("layers") is { ValueKind: JsonValueKind.Array } found ? found : throw json.Missing("layers");
        foreach (var layer in layers.EnumerateArray())
        {
            if (JsonFile.Find(layer, "mediaType") is not { ValueKind: JsonValueKind.String } type || !type.ValueEquals(WeightsType))
            {
                continue;
            }

            var digest = JsonFile.Find(layer, "digest") is { } told ? json.Text("digest", told) : throw json.Missing("digest");
            if (digest.Length != "sha256:".Length + 64 || !digest.StartsWith("sha256:", StringComparison.Ordinal) || !digest[7..].All(char.IsAsciiHexDigitLower))
            {
                throw json.Malformed("OllamaDigest", digest);
            }

            var blob = Path.Combine(root, "blobs", digest.Replace(':', '-'));
            if (!File.Exists(blob))
            {
                throw json.Malformed("OllamaNoBlob", blob);
            }

            var length = new FileInfo(blob).Length;
            return JsonFile.Find(layer, "size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt64(out var bytes) && bytes != length
                ? throw json.Malformed("OllamaBlobLength", blob, length.ToString(CultureInfo.InvariantCulture), bytes.ToString(CultureInfo.InvariantCulture))
                : blob;
        }

        throw json.Malformed("OllamaNoWeights");
    }
}
