using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QaBuild.Model.Kernels;

/// <summary>Vectors of sixteen: 24 of the 32 registers of AVX-512 hold the tile.</summary>
internal sealed unsafe class MicroKernel512 : MicroKernel
{
    public override int Rows => 12;

    public override int Columns => 32;

    public override string Name => "512 bits";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int depth, float* left, float* right, float* tile, nint stride, bool add)
    {
        Vector512<float> t0a = default, t0b = default;
        Vector512<float> t1a = default, t1b = default;
        Vector512<float> t2a = default, t2b = default;
        Vector512<float> t3a = default, t3b = default;
        Vector512<float> t4a = default, t4b = default;
        Vector512<float> t5a = default, t5b = default;
        Vector512<float> t6a = default, t6b = default;
        Vector512<float> t7a = default, t7b = default;
        Vector512<float> t8a = default, t8b = default;
        Vector512<float> t9a = default, t9b = default;
        Vector512<float> t10a = default, t10b = default;
        Vector512<float> t11a = default, t11b = default;
        for (var k = 0; k < depth; k++)
        {
            var p = Vector512.Load(right);
            var q = Vector512.Load(right + 16);
            var x = Vector512.Create(left[0]);
            t0a = Vector512.MultiplyAddEstimate(x, p, t0a);
            t0b = Vector512.MultiplyAddEstimate(x, q, t0b);
            x = Vector512.Create(left[1]);
            t1a = Vector512.MultiplyAddEstimate(x, p, t1a);
            t1b = Vector512.MultiplyAddEstimate(x, q, t1b);
            x = Vector512.Create(left[2]);
            t2a = Vector512.MultiplyAddEstimate(x, p, t2a);
            t2b = Vector512.MultiplyAddEstimate(x, q, t2b);
            x = Vector512.Create(left[3]);
            t3a = Vector512.MultiplyAddEstimate(x, p, t3a);
            t3b = Vector512.MultiplyAddEstimate(x, q, t3b);
            x = Vector512.Create(left[4]);
            t4a = Vector512.MultiplyAddEstimate(x, p, t4a);
            t4b = Vector512.MultiplyAddEstimate(x, q, t4b);
            x = Vector512.Create(left[5]);
            t5a = Vector512.MultiplyAddEstimate(x, p, t5a);
            t5b = Vector512.MultiplyAddEstimate(x, q, t5b);
            x = Vector512.Create(left[6]);
            t6a = Vector512.MultiplyAddEstimate(x, p, t6a);
            t6b = Vector512.MultiplyAddEstimate(x, q, t6b);
            x = Vector512.Create(left[7]);
            t7a = Vector512.MultiplyAddEstimate(x, p, t7a);
            t7b = Vector512.MultiplyAddEstimate(x, q, t7b);
            x = Vector512.Create(left[8]);
            t8a = Vector512.MultiplyAddEstimate(x, p, t8a);
            t8b = Vector512.MultiplyAddEstimate(x, q, t8b);
            x = Vector512.Create(left[9]);
            t9a = Vector512.MultiplyAddEstimate(x, p, t9a);
            t9b = Vector512.MultiplyAddEstimate(x, q, t9b);
            x = Vector512.Create(left[10]);
            t10a = Vector512.MultiplyAddEstimate(x, p, t10a);
            t10b = Vector512.MultiplyAddEstimate(x, q, t10b);
            x = Vector512.Create(left[11]);
            t11a = Vector512.MultiplyAddEstimate(x, p, t11a);
            t11b = Vector512.MultiplyAddEstimate(x, q, t11b);
            left += 12;
            right += 32;
        }

        if (add)
        {
            t0a += Vector512.Load(tile);
            t0b += Vector512.Load(tile + 16);
            t1a += Vector512.Load(tile + stride);
            t1b += Vector512.Load(tile + stride + 16);
            t2a += Vector512.Load(tile + (2 * stride));
            t2b += Vector512.Load(tile + (2 * stride) + 16);
            t3a += Vector512.Load(tile + (3 * stride));
            t3b += Vector512.Load(tile + (3 * stride) + 16);
            t4a += Vector512.Load(tile + (4 * stride));
            t4b += Vector512.Load(tile + (4 * stride) + 16);
            t5a += Vector512.Load(tile + (5 * stride));
            t5b += Vector512.Load(tile + (5 * stride) + 16);
            t6a += Vector512.Load(tile + (6 * stride));
            t6b += Vector512.Load(tile + (6 * stride) + 16);
            t7a += Vector512.Load(tile + (7 * stride));
            t7b += Vector512.Load(tile + (7 * stride) + 16);
            t8a += Vector512.Load(tile + (8 * stride));
            t8b += Vector512.Load(tile + (8 * stride) + 16);
            t9a += Vector512.Load(tile + (9 * stride));
            t9b += Vector512.Load(tile + (9 * stride) + 16);
            t10a += Vector512.Load(tile + (10 * stride));
            t10b += Vector512.Load(tile + (10 * stride) + 16);
            t11a += Vector512.Load(tile + (11 * stride));
            t11b += Vector512.Load(tile + (11 * stride) + 16);
        }

        t0a.Store(tile);
        t0b.Store(tile + 16);
        t1a.Store(tile + stride);
        t1b.Store(tile + stride + 16);
        t2a.Store(tile + (2 * stride));
        t2b.Store(tile + (2 * stride) + 16);
        t3a.Store(tile + (3 * stride));
        t3b.Store(tile + (3 * stride) + 16);
        t4a.Store(tile + (4 * stride));
        t4b.Store(tile + (4 * stride) + 16);
        t5a.Store(tile + (5 * stride));
        t5b.Store(tile + (5 * stride) + 16);
        t6a.Store(tile + (6 * stride));
        t6b.Store(tile + (6 * stride) + 16);
        t7a.Store(tile + (7 * stride));
        t7b.Store(tile + (7 * stride) + 16);
        t8a.Store(tile + (8 * stride));
        t8b.Store(tile + (8 * stride) + 16);
        t9a.Store(tile + (9 * stride));
        t9b.Store(tile + (9 * stride) + 16);
        t10a.Store(tile + (10 * stride));
        t10b.Store(tile + (10 * stride) + 16);
        t11a.Store(tile + (11 * stride));
        t11b.Store(tile + (11 * stride) + 16);
    }
}
