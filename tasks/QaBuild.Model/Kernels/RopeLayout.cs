namespace QaBuild.Model.Kernels;

/// <summary>Which two numbers of a head turn together.</summary>
public enum RopeLayout
{
    /// <summary>2i and 2i + 1 (GGUFs of llama: its rows were permuted for this).</summary>
    Adjacent,

    /// <summary>i and i + half.</summary>
    Halves,
}
