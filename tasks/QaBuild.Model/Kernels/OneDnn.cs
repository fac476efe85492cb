using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace QaBuild.Model.Kernels;

/// <summary>The two functions of oneDNN that are used, where its library is installed (Debian: libdnnl2, libdnnl3). They take row-major matrices.</summary>
internal sealed unsafe class OneDnn
{
    private const int Success = 0;
    private readonly delegate* unmanaged[Cdecl]<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int> _floats;
    private readonly delegate* unmanaged[Cdecl]<byte, byte, long, long, long, float, ushort*, long, ushort*, long, float, float*, long, int> _bfloats;
    private readonly delegate* unmanaged[Cdecl]<int, void> _threads;

    private OneDnn(nint library, nint floats, nint bfloats, nint threads)
    {
        Library = library;
        _floats = (delegate* unmanaged[Cdecl]<byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int>)floats;
        _bfloats = (delegate* unmanaged[Cdecl]<byte, byte, long, long, long, float, ushort*, long, ushort*, long, float, float*, long, int>)bfloats;
        _threads = (delegate* unmanaged[Cdecl]<int, void>)threads;
    }

    /// <summary>The library, or null where it is not installed.</summary>
    public static OneDnn? Installed { get; } = Load();

    /// <summary>Whether the processor multiplies bfloat16 numbers itself (AVX512_BF16 or AMX_BF16); without, oneDNN's product of them is slower than one of floats.</summary>
    public static bool HasBFloatUnits { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7
        && ((X86Base.CpuId(7, 0).Edx & (1 << 22)) != 0 || (X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0));

    /// <summary>Of the loaded library.</summary>
    public nint Library { get; }

    /// <summary>c = a op(b) + beta c in floats. <paramref name="transposed"/> says that b is [columns][depth].</summary>
    /// <returns>Whether oneDNN could.</returns>
    public bool Multiply(bool transposed, int rows, int columns, int depth, float* a, float* b, bool add, float* c)
    {
        _threads(1);
        return _floats((byte)'N', (byte)(transposed ? 'T' : 'N'), rows, columns, depth, 1, a, depth, b, transposed ? depth : columns, add ? 1 : 0, c, columns) == Success;
    }

    /// <summary>The same with bfloat16 operands; sums are floats.</summary>
    public bool Multiply(bool transposed, int rows, int columns, int depth, ushort* a, ushort* b, bool add, float* c)
    {
        _threads(1);
        return _bfloats((byte)'N', (byte)(transposed ? 'T' : 'N'), rows, columns, depth, 1, a, depth, b, transposed ? depth : columns, add ? 1 : 0, c, columns) == Success;
    }

    private static OneDnn? Load()
    {
        foreach (var name in new[] { "libdnnl.so.3", "libdnnl.so.2" })
        {
            if (!NativeLibrary.TryLoad(name, out var library))
            {
                continue;
            }

            // Its own threads would stand in the way of ours; they are OpenMP's.
            if (NativeLibrary.TryGetExport(library, "dnnl_sgemm", out var floats) && NativeLibrary.TryGetExport(library, "dnnl_gemm_bf16bf16f32", out var bfloats)
                && NativeLibrary.TryLoad("libgomp.so.1", out var threads) && NativeLibrary.TryGetExport(threads, "omp_set_num_threads", out var set))
            {
                return new OneDnn(library, floats, bfloats, set);
            }

            NativeLibrary.Free(library);
        }

        return null;
    }
}
