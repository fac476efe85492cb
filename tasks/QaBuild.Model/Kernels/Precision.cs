namespace QaBuild.Model.Kernels;

/// <summary>The numbers that matrix products multiply; they always add up floats.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>bfloat16, where oneDNN and the processor's units for it make that faster; else 32 bits.</summary>
    BFloat16,
}
