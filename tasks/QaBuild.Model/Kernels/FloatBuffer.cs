using System.Runtime.InteropServices;

namespace QaBuild.Model.Kernels;

/// <summary>Floats outside the collected heap: more than two thousand million of them fit, they never move, and each buffer begins on a cache line.</summary>
internal sealed unsafe class FloatBuffer : IDisposable
{
    private const int CacheLine = 64;

    [ThreadStatic]
    private static long _taken;

    private FloatBuffer(long length)
    {
        Length = length;
        _taken += Bytes;
        Pointer = (float*)NativeMemory.AlignedAlloc((nuint)((length + CacheLine / sizeof(float)) * sizeof(float)), CacheLine);
    }

    ~FloatBuffer() => Free();

    /// <summary>The first float.</summary>
    public float* Pointer { get; private set; }

    /// <summary>In floats.</summary>
    public long Length { get; }

    /// <summary>In bytes.</summary>
    public long Bytes => Length * sizeof(float);

    /// <summary>All of it; only for buffers that a span can hold.</summary>
    public Span<float> Span => new(Pointer, checked((int)Length));

    /// <summary>Bytes that this thread has allocated so far, whether or not they were given back.</summary>
    public static long Taken => _taken;

    /// <summary>A buffer of whatever values.</summary>
    public static FloatBuffer Allocate(long length) => new(length);

    /// <summary>A buffer of zeros.</summary>
    public static FloatBuffer Zeros(long length)
    {
        var buffer = new FloatBuffer(length);
        NativeMemory.Clear(buffer.Pointer, (nuint)buffer.Bytes);
        return buffer;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
