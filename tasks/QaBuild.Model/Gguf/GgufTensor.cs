namespace QaBuild.Model.Gguf;

/// <summary>A tensor of a GGUF.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Shape">The densest dimension first, as ggml has it: a matrix of n rows of m elements is [m, n].</param>
/// <param name="Bytes">Its size in the file.</param>
public sealed record GgufTensor(string Name, GgmlType Type, IReadOnlyList<long> Shape, long Bytes) : StoredTensor(Name, Shape, Bytes);
