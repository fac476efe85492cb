namespace QaBuild.Model.Inference;

/// <summary>How a model is loaded.</summary>
public sealed record LoadOptions
{
    /// <summary>Tokenizing needs no weights.</summary>
    public bool VocabularyOnly { get; init; }

    /// <summary>The largest context in tokens; 0 for the one that the model was trained with. Memory is taken only for what a request needs.</summary>
    public int Context { get; init; }

    /// <summary>A LoRA adapter (GGUF) on top of the model.</summary>
    public string? Adapter { get; init; }

    /// <summary>What the adapter's effect is multiplied with.</summary>
    public float AdapterScale { get; init; } = 1;

    /// <summary>0 for as many as there are processors.</summary>
    public int Threads { get; init; }

    /// <summary>Keys and values are kept as 32-bit floats and attention is computed step by step: for comparisons. Otherwise 16 bits, which is what people run.</summary>
    public bool Exact { get; init; }
}
