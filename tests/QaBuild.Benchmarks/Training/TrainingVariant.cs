using System.Runtime.Intrinsics;
using QaBuild.Model.Kernels;

namespace QaBuild.Benchmarks.Training;

/// <summary>A way to compute a step, ours and PyTorch's.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Base">The type of our base model's matrices.</param>
/// <param name="Precision">Of our products.</param>
/// <param name="Ours">Set in the environment of our process.</param>
/// <param name="Torch">PyTorch's further arguments; null when it has nothing of the kind.</param>
/// <param name="Theirs">Set in the environment of PyTorch's process.</param>
internal sealed record TrainingVariant(
    string Name, string Base, Precision Precision, IReadOnlyList<(string Name, string Value)> Ours, IReadOnlyList<string>? Torch, IReadOnlyList<(string Name, string Value)> Theirs)
{
    /// <summary>Floats: all others are told beside it, too.</summary>
    public static TrainingVariant Floats { get; } = new("floats", "F32", Precision.Float32, [], [], Core(Vector512.IsHardwareAccelerated ? "SkylakeX" : "Haswell"));

    /// <summary>Those that this machine can do.</summary>
    public static IEnumerable<TrainingVariant> All()
    {
        yield return Floats;
        if (OneDnn.HasBFloatUnits && OneDnn.Installed is not null)
        {
            yield return new("bfloat16", "BF16", Precision.BFloat16, [], ["--bf16"], Floats.Theirs);
        }

        if (Vector512.IsHardwareAccelerated)
        {
            // Each library has its own way to be told that the processor is an older one.
            yield return new("floats, AVX2 alone", "F32", Precision.Float32, [("DOTNET_EnableAVX512", "0")], [], [.. Core("Haswell"), ("ATEN_CPU_CAPABILITY", "avx2"), ("DNNL_MAX_CPU_ISA", "AVX2")]);
        }

        yield return new("floats, base of Q4_K_M", "Q4_K_M", Precision.Float32, [], null, []);
    }

    // OpenBLAS of Debian takes processors it does not know for old ones unless it is told.
    private static (string, string)[] Core(string name) => [("OPENBLAS_CORETYPE", name)];
}
