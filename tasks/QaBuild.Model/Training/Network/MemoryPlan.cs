namespace QaBuild.Model.Training.Network;

/// <summary>What training takes, in bytes; the .NET runtime itself takes some 60 MB more.</summary>
/// <param name="Weights">The base, in the type it is stored in: pages of the mapped file.</param>
/// <param name="Trained">What is trained, and its gradients.</param>
/// <param name="Optimizer">What the optimizer remembers.</param>
/// <param name="Activations">What the backward needs of the forward, and room to work in.</param>
/// <param name="Logits">Those that exist at a time.</param>
/// <param name="Kernels">Packed operands, scores of attention, and copies of weights in another precision.</param>
public sealed record MemoryPlan(long Weights, long Trained, long Optimizer, long Activations, long Logits, long Kernels)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + Trained + Optimizer + Activations + Logits + Kernels;
}
