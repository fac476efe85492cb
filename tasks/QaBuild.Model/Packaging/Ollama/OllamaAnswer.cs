namespace QaBuild.Model.Packaging.Ollama;

/// <summary>An answer of a model in Ollama.</summary>
/// <param name="Text">What it said, without the terminator.</param>
/// <param name="Stopped">Whether it ended by itself, and not at the limit.</param>
public sealed record OllamaAnswer(string Text, bool Stopped);
