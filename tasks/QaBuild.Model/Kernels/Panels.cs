using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QaBuild.Model.Kernels;

/// <summary>
/// Brings an operand of a matrix product into the order in which a <see cref="MicroKernel"/> reads it: panels of so many lanes, and in a panel the lanes of one step of
/// the depth side by side. Lanes that the matrix has not are zeros.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Packs a matrix whose rows are the lanes: step k of lane i is <c>source[i * stride + k]</c>.</summary>
    public static void FromRows(float* source, nint stride, int lanes, int depth, int width, float* panels)
    {
        for (var first = 0; first < lanes; first += width, panels += (nint)width * depth)
        {
            var present = Math.Min(width, lanes - first);
            var from = source + (first * stride);
            if (present == width && width % Vector128<float>.Count == 0)
            {
                Transposed(from, stride, depth, width, panels);
            }
            else if (present == width)
            {
                Interleaved(from, stride, depth, width, panels);
            }
            else
            {
                Partial(from, stride, present, depth, width, panels);
            }
        }
    }

    /// <summary>Packs a matrix whose columns are the lanes: step k of lane i is <c>source[k * stride + i]</c>.</summary>
    public static void FromColumns(float* source, nint stride, int lanes, int depth, int width, float* panels)
    {
        for (var first = 0; first < lanes; first += width, panels += (nint)width * depth)
        {
            var present = Math.Min(width, lanes - first);
            var from = source + first;
            var to = panels;
            for (var k = 0; k < depth; k++, from += stride, to += width)
            {
                if (present == width)
                {
                    Unsafe.CopyBlockUnaligned(to, from, (uint)(width * sizeof(float)));
                    continue;
                }

                for (var i = 0; i < width; i++)
                {
                    to[i] = i < present ? from[i] : 0;
                }
            }
        }
    }

    /// <summary>The floats that packed panels take.</summary>
    public static long Length(int lanes, int depth, int width) => (long)((lanes + width - 1) / width) * width * depth;

    private static void Transposed(float* source, nint stride, int depth, int width, float* panel)
    {
        const int Four = 4;
        var whole = depth / Four * Four;
        for (var i = 0; i < width; i += Four)
        {
            var a = source + (i * stride);
            var b = a + stride;
            var c = a + (2 * stride);
            var d = a + (3 * stride);
            var to = panel + i;
            var k = 0;
            for (; k < whole; k += Four, to += Four * (nint)width)
            {
                var (low1, high1) = Zip(Vector128.Load(a + k), Vector128.Load(c + k));
                var (low2, high2) = Zip(Vector128.Load(b + k), Vector128.Load(d + k));
                var (first, second) = Zip(low1, low2);
                var (third, fourth) = Zip(high1, high2);
                first.Store(to);
                second.Store(to + width);
                third.Store(to + (2 * (nint)width));
                fourth.Store(to + (3 * (nint)width));
            }

            for (; k < depth; k++, to += width)
            {
                (to[0], to[1], to[2], to[3]) = (a[k], b[k], c[k], d[k]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Low, Vector128<float> High) Zip(Vector128<float> x, Vector128<float> y)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            return (System.Runtime.Intrinsics.X86.Sse.UnpackLow(x, y), System.Runtime.Intrinsics.X86.Sse.UnpackHigh(x, y));
        }

        if (System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported)
        {
            return (System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipLow(x, y), System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipHigh(x, y));
        }

        return (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));
    }

    // Six rows, the tile of AVX2: no transposition of whole vectors fits, but the loads are of consecutive floats and the stores too.
    private static void Interleaved(float* source, nint stride, int depth, int width, float* panel)
    {
        const int Six = 6;
        if (width != Six)
        {
            Partial(source, stride, width, depth, width, panel);
            return;
        }

        var a = source;
        var b = source + stride;
        var c = source + (2 * stride);
        var d = source + (3 * stride);
        var e = source + (4 * stride);
        var f = source + (5 * stride);
        for (var k = 0; k < depth; k++, panel += Six)
        {
            panel[0] = a[k];
            panel[1] = b[k];
            panel[2] = c[k];
            panel[3] = d[k];
            panel[4] = e[k];
            panel[5] = f[k];
        }
    }

    private static void Partial(float* source, nint stride, int lanes, int depth, int width, float* panel)
    {
        for (var i = 0; i < width; i++)
        {
            for (var k = 0; k < depth; k++)
            {
                panel[((nint)k * width) + i] = i < lanes ? source[(i * stride) + k] : 0;
            }
        }
    }
}
