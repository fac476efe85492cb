using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QaBuild.Model.Kernels;

/// <summary>Vectors of four: 16 of the 32 registers of Arm's NEON hold the tile. Where the processor has no vectors at all, .NET does the same in software.</summary>
internal sealed unsafe class MicroKernel128 : MicroKernel
{
    public override int Rows => 8;

    public override int Columns => 8;

    public override string Name => "128 bits";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(int depth, float* left, float* right, float* tile, nint stride, bool add)
    {
        Vector128<float> t0a = default, t0b = default;
        Vector128<float> t1a = default, t1b = default;
        Vector128<float> t2a = default, t2b = default;
        Vector128<float> t3a = default, t3b = default;
        Vector128<float> t4a = default, t4b = default;
        Vector128<float> t5a = default, t5b = default;
        Vector128<float> t6a = default, t6b = default;
        Vector128<float> t7a = default, t7b = default;
        for (var k = 0; k < depth; k++)
        {
            var p = Vector128.Load(right);
            var q = Vector128.Load(right + 4);
            var x = Vector128.Create(left[0]);
            t0a = Vector128.MultiplyAddEstimate(x, p, t0a);
            t0b = Vector128.MultiplyAddEstimate(x, q, t0b);
            x = Vector128.Create(left[1]);
            t1a = Vector128.MultiplyAddEstimate(x, p, t1a);
            t1b = Vector128.MultiplyAddEstimate(x, q, t1b);
            x = Vector128.Create(left[2]);
            t2a = Vector128.MultiplyAddEstimate(x, p, t2a);
            t2b = Vector128.MultiplyAddEstimate(x, q, t2b);
            x = Vector128.Create(left[3]);
            t3a = Vector128.MultiplyAddEstimate(x, p, t3a);
            t3b = Vector128.MultiplyAddEstimate(x, q, t3b);
            x = Vector128.Create(left[4]);
            t4a = Vector128.MultiplyAddEstimate(x, p, t4a);
            t4b = Vector128.MultiplyAddEstimate(x, q, t4b);
            x = Vector128.Create(left[5]);
            t5a = Vector128.MultiplyAddEstimate(x, p, t5a);
            t5b = Vector128.MultiplyAddEstimate(x, q, t5b);
            x = Vector128.Create(left[6]);
            t6a = Vector128.MultiplyAddEstimate(x, p, t6a);
            t6b = Vector128.MultiplyAddEstimate(x, q, t6b);
            x = Vector128.Create(left[7]);
            t7a = Vector128.MultiplyAddEstimate(x, p, t7a);
            t7b = Vector128.MultiplyAddEstimate(x, q, t7b);
            left += 8;
            right += 8;
        }

        if (add)
        {
            t0a += Vector128.Load(tile);
            t0b += Vector128.Load(tile + 4);
            t1a += Vector128.Load(tile + stride);
            t1b += Vector128.Load(tile + stride + 4);
            t2a += Vector128.Load(tile + (2 * stride));
            t2b += Vector128.Load(tile + (2 * stride) + 4);
            t3a += Vector128.Load(tile + (3 * stride));
            t3b += Vector128.Load(tile + (3 * stride) + 4);
            t4a += Vector128.Load(tile + (4 * stride));
            t4b += Vector128.Load(tile + (4 * stride) + 4);
            t5a += Vector128.Load(tile + (5 * stride));
            t5b += Vector128.Load(tile + (5 * stride) + 4);
            t6a += Vector128.Load(tile + (6 * stride));
            t6b += Vector128.Load(tile + (6 * stride) + 4);
            t7a += Vector128.Load(tile + (7 * stride));
            t7b += Vector128.Load(tile + (7 * stride) + 4);
        }

        t0a.Store(tile);
        t0b.Store(tile + 4);
        t1a.Store(tile + stride);
        t1b.Store(tile + stride + 4);
        t2a.Store(tile + (2 * stride));
        t2b.Store(tile + (2 * stride) + 4);
        t3a.Store(tile + (3 * stride));
        t3b.Store(tile + (3 * stride) + 4);
        t4a.Store(tile + (4 * stride));
        t4b.Store(tile + (4 * stride) + 4);
        t5a.Store(tile + (5 * stride));
        t5b.Store(tile + (5 * stride) + 4);
        t6a.Store(tile + (6 * stride));
        t6b.Store(tile + (6 * stride) + 4);
        t7a.Store(tile + (7 * stride));
        t7b.Store(tile + (7 * stride) + 4);
    }
}
