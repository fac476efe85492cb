using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QaBuild.Model.Kernels;

/// <summary>Vectors of eight: 12 of the 16 registers of AVX2 hold the tile, which leaves two for the right panel and one or two for the left.</summary>
internal sealed unsafe class MicroKernel256 : MicroKernel
{
    public override int Rows => 6;

    public override int Columns => 16;

    public override string Name => "256 bits";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int depth, float* left, float* right, float* tile, nint stride, bool add)
    {
        Vector256<float> t0a = default, t0b = default;
        Vector256<float> t1a = default, t1b = default;
        Vector256<float> t2a = default, t2b = default;
        Vector256<float> t3a = default, t3b = default;
        Vector256<float> t4a = default, t4b = default;
        Vector256<float> t5a = default, t5b = default;
        for (var k = 0; k < depth; k++)
        {
            var p = Vector256.Load(right);
            var q = Vector256.Load(right + 8);
            var x = Vector256.Create(left[0]);
            t0a = Vector256.MultiplyAddEstimate(x, p, t0a);
            t0b = Vector256.MultiplyAddEstimate(x, q, t0b);
            x = Vector256.Create(left[1]);
            t1a = Vector256.MultiplyAddEstimate(x, p, t1a);
            t1b = Vector256.MultiplyAddEstimate(x, q, t1b);
            x = Vector256.Create(left[2]);
            t2a = Vector256.MultiplyAddEstimate(x, p, t2a);
            t2b = Vector256.MultiplyAddEstimate(x, q, t2b);
            x = Vector256.Create(left[3]);
            t3a = Vector256.MultiplyAddEstimate(x, p, t3a);
            t3b = Vector256.MultiplyAddEstimate(x, q, t3b);
            x = Vector256.Create(left[4]);
            t4a = Vector256.MultiplyAddEstimate(x, p, t4a);
            t4b = Vector256.MultiplyAddEstimate(x, q, t4b);
            x = Vector256.Create(left[5]);
            t5a = Vector256.MultiplyAddEstimate(x, p, t5a);
            t5b = Vector256.MultiplyAddEstimate(x, q, t5b);
            left += 6;
            right += 16;
        }

        if (add)
        {
            t0a += Vector256.Load(tile);
            t0b += Vector256.Load(tile + 8);
            t1a += Vector256.Load(tile + stride);
            t1b += Vector256.Load(tile + stride + 8);
            t2a += Vector256.Load(tile + (2 * stride));
            t2b += Vector256.Load(tile + (2 * stride) + 8);
            t3a += Vector256.Load(tile + (3 * stride));
            t3b += Vector256.Load(tile + (3 * stride) + 8);
            t4a += Vector256.Load(tile + (4 * stride));
            t4b += Vector256.Load(tile + (4 * stride) + 8);
            t5a += Vector256.Load(tile + (5 * stride));
            t5b += Vector256.Load(tile + (5 * stride) + 8);
        }

        t0a.Store(tile);
        t0b.Store(tile + 8);
        t1a.Store(tile + stride);
        t1b.Store(tile + stride + 8);
        t2a.Store(tile + (2 * stride));
        t2b.Store(tile + (2 * stride) + 8);
        t3a.Store(tile + (3 * stride));
        t3b.Store(tile + (3 * stride) + 8);
        t4a.Store(tile + (4 * stride));
        t4b.Store(tile + (4 * stride) + 8);
        t5a.Store(tile + (5 * stride));
        t5b.Store(tile + (5 * stride) + 8);
    }
}
