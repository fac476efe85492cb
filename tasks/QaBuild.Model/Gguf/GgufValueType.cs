namespace QaBuild.Model.Gguf;

/// <summary>The types of metadata, with the numbers that a GGUF holds.</summary>
#pragma warning disable CA1028, CS1591 // the names and numbers are the format's
public enum GgufValueType : uint
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}

/// <summary>An array in the metadata.</summary>
/// <param name="ElementType">Of its elements.</param>
/// <param name="Values">An array of the .NET type of the element type: <c>string[]</c>, <c>int[]</c>, <c>bool[]</c>; <c>GgufArray[]</c> for arrays of arrays.</param>
public sealed record GgufArray(GgufValueType ElementType, Array Values);
