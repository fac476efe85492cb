namespace QaBuild.Model.Inference;

/// <summary>What llama.cpp says of a model that it loaded. A token that the vocabulary lacks is -1.</summary>
/// <param name="Description">Architecture, size and type, for people.</param>
/// <param name="VocabularySize">In tokens; the length of a row of logits.</param>
/// <param name="Bos">Beginning of a text.</param>
/// <param name="Eos">End of a text.</param>
/// <param name="Eot">End of a turn.</param>
/// <param name="Pad">Padding.</param>
/// <param name="AddsBos">Whether tokenizing with special tokens begins with <paramref name="Bos"/>.</param>
/// <param name="TrainingContext">In tokens; 0 when only the vocabulary was loaded.</param>
/// <param name="ChatTemplate">The template in the file, or null.</param>
public sealed record LlamaModelInfo(string Description, int VocabularySize, int Bos, int Eos, int Eot, int Pad, bool AddsBos, int TrainingContext, string? ChatTemplate);
