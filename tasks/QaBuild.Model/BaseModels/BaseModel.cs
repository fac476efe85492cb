using QaBuild.Model.Gguf;

namespace QaBuild.Model.BaseModels;

/// <summary>Where a base model came from.</summary>
public enum BaseModelKind
{
    /// <summary>A GGUF file.</summary>
    Gguf,

    /// <summary>A folder in Hugging Face's layout, imported.</summary>
    HuggingFace,

    /// <summary>A model of the local Ollama.</summary>
    Ollama,

    /// <summary>The small model with random weights that is made on the spot.</summary>
    Tiny,
}

/// <summary>A base model as a GGUF that is there.</summary>
/// <param name="Kind">Where it came from.</param>
/// <param name="Name">For people.</param>
/// <param name="GgufPath">The file to use.</param>
/// <param name="HasWeights">False for a vocabulary alone: enough to compile a dataset, not to train or ask.</param>
public sealed record BaseModel(BaseModelKind Kind, string Name, string GgufPath, bool HasWeights)
{
    /// <summary>How the small model is asked for.</summary>
    public const string Tiny = "tiny";

    /// <summary>What stands before the name of a model of Ollama.</summary>
    public const string OllamaPrefix = "ollama:";

    /// <summary>Finds what a user means by <c>BaseModel</c>, and imports it where that must be done first and was not yet.</summary>
    /// <param name="text">A GGUF file, a Hugging Face folder, <c>ollama:NAME[:TAG]</c> or <c>tiny</c>.</param>
    /// <param name="work">The folder that gets imported and made models.</param>
    /// <param name="progress">Gets bytes imported and bytes in all.</param>
    /// <param name="cancellation">Ends an import.</param>
    /// <exception cref="ModelFaultException">QA7006: it is not there; QA7003 to QA7005: it cannot be imported.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static BaseModel Resolve(string text, string work, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        if (text == Tiny)
        {
            var made = Path.Combine(work, "tiny.gguf");
            TinyModel.EnsureAt(made);
            return new BaseModel(BaseModelKind.Tiny, Tiny, made, HasWeights: true);
        }

        if (text.StartsWith(OllamaPrefix, StringComparison.Ordinal))
        {
            return OfGguf(BaseModelKind.Ollama, text, OllamaStore.Default().Find(text[OllamaPrefix.Length..]));
        }

        if (Directory.Exists(text))
        {
            return ImportedFolder.Resolve(text, work, progress, cancellation);
        }

        return File.Exists(text)
            ? OfGguf(BaseModelKind.Gguf, Path.GetFileNameWithoutExtension(text), Path.GetFullPath(text))
            : throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", text, LooksLikeRepository(text) ? new Reason("BaseModelToDownload", text, text[(text.IndexOf('/', StringComparison.Ordinal) + 1)..]) : new Reason("BaseModelNowhere"));
    }

    private static BaseModel OfGguf(BaseModelKind kind, string name, string path)
    {
        using var file = GgufFile.Open(path);
        return file.Text("general.type") is "adapter" || file.Text("adapter.type") is not null
            ? throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", path, new Reason("BaseModelIsAdapter"))
            : new BaseModel(kind, name, path, file.Tensors.Count > 0);
    }

    // owner/name, as Hugging Face's site has it.
    private static bool LooksLikeRepository(string text) =>
        text.Count(c => c == '/') == 1 && !text.EndsWith('/') && !text.StartsWith('/') && !text.StartsWith('.') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.');
}
