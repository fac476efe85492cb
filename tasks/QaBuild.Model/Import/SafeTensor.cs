namespace QaBuild.Model.Import;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As the file has it: <c>F32</c>, <c>F16</c>, <c>BF16</c>, …</param>
/// <param name="Shape">The densest dimension last, as PyTorch has it.</param>
/// <param name="Bytes">Its size in the file.</param>
public sealed record SafeTensor(string Name, string Type, IReadOnlyList<long> Shape, long Bytes) : StoredTensor(Name, Shape, Bytes);
