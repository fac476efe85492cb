namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>A run of tokens that a text shares with an item.</summary>
/// <param name="Item">The item's number.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="End">Where it ends in the text.</param>
/// <param name="Tokens">Words and ideographs.</param>
internal readonly record struct Overlap(int Item, int Start, int End, int Tokens);
