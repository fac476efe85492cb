namespace QaBuild.Model.Packaging.Ollama;

/// <summary>How far an import is.</summary>
/// <param name="Step">What is done, as a phrase.</param>
/// <param name="Bytes">Of <paramref name="TotalBytes"/>; both 0 where bytes say nothing.</param>
/// <param name="TotalBytes">The size of the file.</param>
public readonly record struct OllamaProgress(Reason Step, long Bytes = 0, long TotalBytes = 0);
