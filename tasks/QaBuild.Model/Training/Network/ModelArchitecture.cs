namespace QaBuild.Model.Training.Network;

/// <summary>The kinds of models that can be trained.</summary>
public enum ModelArchitecture
{
    /// <summary>Llama and what is built like it.</summary>
    Llama,

    /// <summary>Qwen 2 and 2.5: biases on queries, keys and values.</summary>
    Qwen2,

    /// <summary>Qwen 3: queries and keys are normalized a head at a time.</summary>
    Qwen3,

    /// <summary>Gemma 2: soft caps, norms after attention and feed-forward, GELU, every other layer with a window.</summary>
    Gemma2,
}
