namespace QaBuild.Model.Packaging.Ollama;

/// <summary>What a model is made of, as <c>POST /api/create</c> takes it: a Modelfile's lines as fields.</summary>
/// <param name="Name">With its tag.</param>
public sealed record OllamaModel(string Name)
{
    /// <summary>Weights: the GGUF's path; null when <see cref="From"/> names a model that Ollama has.</summary>
    public string? Weights { get; init; }

    /// <summary>A model that Ollama has, to put <see cref="Adapter"/> on.</summary>
    public string? From { get; init; }

    /// <summary>A LoRA adapter's GGUF, or null.</summary>
    public string? Adapter { get; init; }

    /// <summary>The prompt template in Go's template language, or null for the one that the weights bring.</summary>
    public string? Template { get; init; }

    /// <summary>The system message, or null.</summary>
    public string? System { get; init; }

    /// <summary>Texts that end an answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The temperature of answers.</summary>
    public double Temperature { get; init; }

    /// <summary>The context in tokens.</summary>
    public int ContextLength { get; init; } = 2048;

    /// <summary>The licence's text, or null.</summary>
    public string? License { get; init; }
}

/// <summary>An answer of a model in Ollama.</summary>
/// <param name="Text">What it said, without the terminator.</param>
/// <param name="Stopped">Whether it ended by itself, and not at the limit.</param>
public sealed record OllamaAnswer(string Text, bool Stopped);

/// <summary>How far an import is.</summary>
/// <param name="Step">For example <c>uploading model-Q8_0.gguf</c>, or what the server last said.</param>
/// <param name="Bytes">Of <paramref name="TotalBytes"/>; both 0 where bytes say nothing.</param>
/// <param name="TotalBytes">The size of the file.</param>
public readonly record struct OllamaProgress(string Step, long Bytes, long TotalBytes);
