namespace QaBuild.Dataset.Analysis.Similarity;

/// <summary>Two texts that are alike.</summary>
/// <param name="First">The index of the one.</param>
/// <param name="Second">The index of the other, which is the larger.</param>
/// <param name="Score">0 to 1.</param>
internal sealed record SimilarPair(int First, int Second, double Score);
