using QaBuild.Model.Gguf;
using QaBuild.Model.Import;
using QaBuild.Model.Kernels;

namespace QaBuild.Model.Tests.Kernels;

/// <summary>Every fast kernel against what it means, at sizes that fit no vector, for every width of vectors (those that this processor lacks run in software).</summary>
public sealed unsafe class KernelTests : IDisposable
{
    private readonly Workers _workers = new(3);
    private readonly List<FloatBuffer> _buffers = [];
    private readonly Random _random = new(1);

    public static IEnumerable<object[]> Products =>
        from width in new[] { 128, 256, 512 }
        from type in new[] { GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K }
        select new object[] { width, type };

    [Theory]
    [MemberData(nameof(Products))]
    public void Products_are_those_of_the_reference(int width, GgmlType type)
    {
        var block = GgmlTypes.BlockLength(type);
        foreach (var (rows, outputs, inputs, rank) in new[] { (1, 5, 7, 0), (3, 33, 65, 2), (7, 17, 300, 5), (41, 530, 77, 0), (29, 67, 1, 300), (200, 31, 33, 3) })
        {
            var columns = (inputs + block - 1) / block * block;
            var weights = Weights(type, outputs, columns);
            using var fast = new ManagedProducts(_workers, MicroKernel.All.Single(m => m.Name == $"{width} bits"));
            using var reference = new ReferenceProducts();
            var x = Random(rows * columns);
            var dy = Random(rows * outputs);
            var forward = new LowRankTerm(Random(rows * rank), Random(rank * outputs), rank);
            var backward = new LowRankTerm(Random(rows * rank), Random(rank * columns), rank);
            foreach (var add in new[] { false, true })
            {
                Same(rows * outputs, y => fast.Forward(x, rows, weights, forward, y, add), y => reference.Forward(x, rows, weights, forward, y, add));
                Same(rows * columns, dx => fast.Backward(dy, rows, weights, backward, dx, add), dx => reference.Backward(dy, rows, weights, backward, dx, add));
            }

            Same(outputs * columns, g => fast.Gradient(dy, x, rows, outputs, columns, g), g => reference.Gradient(dy, x, rows, outputs, columns, g));
        }
    }

    [OneDnnTheory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.BF16)]
    public void Products_of_oneDNN_are_those_of_the_reference(GgmlType type)
    {
        var (rows, outputs, inputs, rank) = (41, 70, 77, 3);
        using var fast = new OneDnnProducts(_workers, OneDnn.Installed!, Precision.Float32);
        using var reference = new ReferenceProducts();
        var weights = Weights(type, outputs, inputs);
        var (x, dy) = ((nint)Random(rows * inputs), (nint)Random(rows * outputs));
        var forward = new LowRankTerm(Random(rows * rank), Random(rank * outputs), rank);
        foreach (var add in new[] { false, true })
        {
            Same(rows * outputs, y => fast.Forward((float*)x, rows, weights, forward, y, add), y => reference.Forward((float*)x, rows, weights, forward, y, add));
            Same(rows * inputs, dx => fast.Backward((float*)dy, rows, weights, default, dx, add), dx => reference.Backward((float*)dy, rows, weights, default, dx, add));
        }
    }

    [OneDnnTheory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.Q8_0)]
    public void Products_of_oneDNN_in_bfloat16_are_near_those_of_the_reference(GgmlType type)
    {
        var (rows, outputs, inputs) = (41, 70, 96);
        using var fast = new OneDnnProducts(_workers, OneDnn.Installed!, Precision.BFloat16);
        using var reference = new ReferenceProducts();
        var weights = Weights(type, outputs, inputs);
        var (x, dy) = ((nint)Random(rows * inputs), (nint)Random(rows * outputs));
        Same(rows * outputs, y => fast.Forward((float*)x, rows, weights, default, y, false), y => reference.Forward((float*)x, rows, weights, default, y, false), 0.01);
        Same(rows * inputs, dx => fast.Backward((float*)dy, rows, weights, default, dx, true), dx => reference.Backward((float*)dy, rows, weights, default, dx, true), 0.01);
    }

    [Fact]
    public void Bfloat16_is_rounded_to_the_nearest_and_to_even_in_the_middle_whatever_the_bits()
    {
        uint[] special = [0, 0x80000000, 1, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x3F808000, 0x3F818000, 0x3F807FFF, 0x3F808001, 0x7F7FFFFF, 0x00008000];
        foreach (var length in new[] { 1, 15, 31, 32, 33, 500 })
        {
            var numbers = new float[length];
            for (var i = 0; i < length; i++)
            {
                numbers[i] = BitConverter.UInt32BitsToSingle(i < special.Length ? special[(i + length) % special.Length] : (uint)_random.NextInt64(1L << 32));
            }

            var expected = new byte[2 * length];
            FloatConverter.Write(GgmlType.BF16, numbers, expected);
            var found = new ushort[length];
            fixed (float* from = numbers)
            fixed (ushort* to = found)
            {
                OneDnnProducts.Round(from, to, length);
            }

            Assert.Equal(expected, System.Runtime.InteropServices.MemoryMarshal.AsBytes<ushort>(found).ToArray());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    public void Thin_products_are_those_of_the_definition(int rank)
    {
        foreach (var (rows, columns) in new[] { (1, 1), (37, 19), (50, 300) })
        {
            var (x, a, h) = ((nint)Random(rows * columns), (nint)Random(rank * columns), (nint)Random(rows * rank));
            Same(rows * rank, to => LowRank.Project(_workers, (float*)x, rows, columns, (float*)a, rank, 2.5f, to), to =>
            {
                for (var i = 0; i < rows * rank; i++)
                {
                    to[i] = (float)(2.5 * Enumerable.Range(0, columns).Sum(j => (double)((float*)x)[(i / rank * columns) + j] * ((float*)a)[(i % rank * columns) + j]));
                }
            });
            Same(rank * columns, to => LowRank.Accumulate(_workers, (float*)h, (float*)x, rows, columns, rank, 2.5f, to), to =>
            {
                for (var i = 0; i < rank * columns; i++)
                {
                    to[i] += (float)(2.5 * Enumerable.Range(0, rows).Sum(n => (double)((float*)h)[(n * rank) + (i / columns)] * ((float*)x)[(n * columns) + (i % columns)]));
                }
            });
        }
    }

    [Theory]
    [InlineData(128, 0, 0)]
    [InlineData(256, 0, 0)]
    [InlineData(512, 0, 0)]
    [InlineData(256, 1.5f, 0)]
    [InlineData(256, 0, 33)]
    [InlineData(128, 1.5f, 100)]
    public void Attention_is_that_of_the_definition_over_several_blocks_and_sequences(int width, float cap, int window)
    {
        var shape = new AttentionShape(6, 2, 10, 0.4f, cap, window);
        Segment[] segments = [new(0, 203, 203), new(203, 1, 1), new(204, 30, 30)];
        const int Tokens = 234;
        using var fast = new Attention(_workers, MicroKernel.All.Single(m => m.Name == $"{width} bits"));
        var (q, k, v, g) = ((nint)Random(Tokens * shape.QueryWidth), (nint)Random(Tokens * shape.KeyWidth), (nint)Random(Tokens * shape.KeyWidth), (nint)Random(Tokens * shape.QueryWidth));
        var (output, sums) = ((nint)Random(Tokens * shape.QueryWidth), (nint)Random(Tokens * shape.Heads));
        var dk = (nint)Zeros(2 * Tokens * shape.KeyWidth);
        var dv = dk + (Tokens * shape.KeyWidth * sizeof(float));

        Same(Tokens * shape.QueryWidth, to => fast.Forward(shape, segments, (float*)q, (float*)k, (float*)v, to, (float*)sums), to => Array.ForEach(segments, s => ReferenceAttention.Forward(shape, s, (float*)q, (float*)k, (float*)v, to)));
        fast.Forward(shape, segments, (float*)q, (float*)k, (float*)v, (float*)output, (float*)sums);
        var (rk, rv) = ((nint)Zeros(Tokens * shape.KeyWidth), (nint)Zeros(Tokens * shape.KeyWidth));
        Same(
            Tokens * shape.QueryWidth,
            to => fast.Backward(shape, segments, (float*)q, (float*)k, (float*)v, (float*)output, (float*)sums, (float*)g, to, (float*)dk, (float*)dv),
            to => Array.ForEach(segments, s => ReferenceAttention.Backward(shape, s, (float*)q, (float*)k, (float*)v, (float*)g, to, (float*)rk, (float*)rv)));
        Close((float*)rk, (float*)dk, Tokens * shape.KeyWidth);
        Close((float*)rv, (float*)dv, Tokens * shape.KeyWidth);
    }

    [Fact]
    public void Attention_over_remembered_keys_is_that_of_the_definition()
    {
        var shape = new AttentionShape(4, 2, 8, 0.4f, 0, 21);
        Segment[] segments = [new(0, 100, 140)];
        using var fast = new Attention(_workers);
        var (q, k, v) = ((nint)Random(140 * shape.QueryWidth), (nint)Random(140 * shape.KeyWidth), (nint)Random(140 * shape.KeyWidth));

        Same(100 * shape.QueryWidth, to => fast.Forward(shape, segments, (float*)q, (float*)k, (float*)v, to, null), to => ReferenceAttention.Forward(shape, segments[0], (float*)q, (float*)k, (float*)v, to));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Losses_and_their_gradients_are_those_of_the_definition(float cap)
    {
        const int Rows = 5;
        const int Columns = 77;
        var logits = Random(Rows * Columns);
        var values = new ReadOnlySpan<float>(logits, Rows * Columns).ToArray();
        var targets = Enumerable.Range(0, Rows).Select(i => i * 13).ToArray();
        var losses = new float[Rows];

        CrossEntropy.Rows(_workers, logits, Rows, Columns, targets, cap, 0.5f, losses);

        for (var i = 0; i < Rows; i++)
        {
            var capped = Enumerable.Range(0, Columns).Select(j => cap == 0 ? values[(i * Columns) + j] : cap * Math.Tanh(values[(i * Columns) + j] / cap)).ToArray();
            var total = capped.Sum(Math.Exp);
            Assert.Equal(Math.Log(total) - capped[targets[i]], losses[i], 1e-5);
            for (var j = 0; j < Columns; j++)
            {
                var slope = cap == 0 ? 1 : 1 - Math.Pow(capped[j] / cap, 2);
                Assert.Equal(0.5 * slope * ((Math.Exp(capped[j]) / total) - (j == targets[i] ? 1 : 0)), logits[(i * Columns) + j], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.Gelu)]
    public void Gates_and_their_gradients_are_those_of_the_definition(Activation activation)
    {
        const int Length = 16411;
        var (gate, up, dy) = ((nint)Random(Length, 8), (nint)Random(Length), (nint)Random(Length));
        double Value(double x) => activation == Activation.Silu ? x / (1 + Math.Exp(-x)) : 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
        double Slope(double x) => (Value(x + 1e-5) - Value(x - 1e-5)) / 2e-5;
        void Each(float* to, Func<float, float, float, double> of)
        {
            for (var i = 0; i < Length; i++)
            {
                to[i] = (float)of(((float*)gate)[i], ((float*)up)[i], ((float*)dy)[i]);
            }
        }

        var other = (nint)Zeros(Length);
        Same(Length, to => GatedActivation.Forward(_workers, activation, (float*)gate, (float*)up, Length, to), to => Each(to, (g, u, _) => Value(g) * u));
        Same(Length, to => GatedActivation.Backward(_workers, activation, (float*)gate, (float*)up, (float*)dy, Length, to, (float*)other), to => Each(to, (g, u, d) => d * u * Slope(g)));
        Same(Length, to => GatedActivation.Backward(_workers, activation, (float*)gate, (float*)up, (float*)dy, Length, (float*)other, to), to => Each(to, (g, _, d) => d * Value(g)));
    }

    [Fact]
    public void Norms_and_their_gradients_are_those_of_the_definition()
    {
        const int Rows = 21;
        const int Columns = 37;
        const float Epsilon = 1e-3f;
        var (x, w, dy) = ((nint)Random(Rows * Columns), (nint)Random(Columns), (nint)Random(Rows * Columns));
        double Root(int i) => Math.Sqrt((Enumerable.Range(0, Columns).Sum(j => Math.Pow(((float*)x)[(i * Columns) + j], 2)) / Columns) + Epsilon);
        void Each(float* to, Func<int, int, double> of)
        {
            for (var i = 0; i < Rows * Columns; i++)
            {
                to[i] += (float)of(i / Columns, i % Columns);
            }
        }

        Same(Rows * Columns, to => { new Span<float>(to, Rows * Columns).Clear(); RmsNorm.Forward(_workers, (float*)x, (float*)w, Rows, Columns, Epsilon, to); }, to =>
        {
            new Span<float>(to, Rows * Columns).Clear();
            Each(to, (i, j) => ((float*)w)[j] * ((float*)x)[(i * Columns) + j] / Root(i));
        });
        Same(Rows * Columns, to => RmsNorm.Backward(_workers, (float*)x, (float*)w, (float*)dy, Rows, Columns, Epsilon, to, add: true), to => Each(to, (i, j) =>
        {
            var along = Enumerable.Range(0, Columns).Sum(n => (double)((float*)dy)[(i * Columns) + n] * ((float*)w)[n] * ((float*)x)[(i * Columns) + n]);
            return (((float*)dy)[(i * Columns) + j] * ((float*)w)[j] / Root(i)) - (((float*)x)[(i * Columns) + j] * along / Columns / Math.Pow(Root(i), 3));
        }));
        Same(Columns, to => RmsNorm.Gradient(_workers, (float*)x, (float*)dy, Rows, Columns, Epsilon, to), to =>
        {
            for (var j = 0; j < Columns; j++)
            {
                to[j] += (float)Enumerable.Range(0, Rows).Sum(i => ((float*)dy)[(i * Columns) + j] * ((float*)x)[(i * Columns) + j] / Root(i));
            }
        });
    }

    [Theory]
    [InlineData(RopeLayout.Adjacent)]
    [InlineData(RopeLayout.Halves)]
    public void Turning_back_undoes_a_turn_and_what_is_beyond_the_pairs_stands_still(RopeLayout layout)
    {
        const int Rows = 40;
        const int HeadSize = 10;
        var rope = new Rope(layout, HeadSize, [1, 0.1, 0.01], 1);
        var x = Random(Rows * 3 * HeadSize);
        var before = new ReadOnlySpan<float>(x, Rows * 3 * HeadSize).ToArray();
        int[] positions = [.. Enumerable.Range(0, Rows).Select(i => i * 5 % 17)];

        rope.Turn(_workers, x, Rows, 3, positions, back: false);
        var second = layout == RopeLayout.Adjacent ? 1 : 3;
        var at = 7 * 3 * HeadSize;
        Assert.Equal((before[at] * Math.Cos(positions[7])) - (before[at + second] * Math.Sin(positions[7])), x[at], 1e-5);
        Assert.Equal(before[(at + 6)..(at + HeadSize)], new ReadOnlySpan<float>(x + at + 6, 4).ToArray());
        rope.Turn(_workers, x, Rows, 3, positions, back: true);

        for (var i = 0; i < before.Length; i++)
        {
            Assert.Equal(before[i], x[i], 1e-5);
        }
    }

    [Fact]
    public void Exponentials_and_tangents_are_right_to_a_millionth_everywhere()
    {
        for (var x = -86f; x < 87; x += 0.0137f)
        {
            Assert.Equal(1, VectorMath.Exp(new System.Numerics.Vector<float>(x))[0] / Math.Exp(x), 5e-7);
            Assert.Equal(Math.Tanh(x / 10), VectorMath.Tanh(new System.Numerics.Vector<float>(x / 10))[0], 3e-7);
        }

        Assert.Equal(0, VectorMath.Exp(new System.Numerics.Vector<float>(float.NegativeInfinity))[0], 1e-30);
        Assert.True(float.IsNaN(VectorMath.Exp(new System.Numerics.Vector<float>(float.NaN))[0]), "a loss that is no number must stay none");
    }

    [Fact]
    public void A_fault_in_a_piece_of_a_loop_reaches_the_caller_and_the_threads_go_on()
    {
        Assert.Throws<InvalidOperationException>(() => _workers.For(100, 1, (start, _, _) => throw new InvalidOperationException($"{start}")));

        var seen = new int[1000];
        _workers.For(1000, 7, (start, end, _) => new Span<int>(seen, start, end - start).Fill(1));
        Assert.All(seen, s => Assert.Equal(1, s));
    }

    public void Dispose()
    {
        _workers.Dispose();
        _buffers.ForEach(b => b.Dispose());
    }

    private delegate void Kernel(float* to);

    /// <summary>Both kernels get the same numbers to write over or to add to.</summary>
    private void Same(int length, Kernel fast, Kernel reference, double tolerance = 3e-6)
    {
        var (found, expected) = ((nint)Random(length), (nint)Zeros(length));
        new ReadOnlySpan<float>((float*)found, length).CopyTo(new Span<float>((float*)expected, length));
        fast((float*)found);
        reference((float*)expected);
        Close((float*)expected, (float*)found, length, tolerance);
    }

    private static void Close(float* expected, float* found, int length, double tolerance = 3e-6)
    {
        var size = 0.0;
        for (var i = 0; i < length; i++)
        {
            size = Math.Max(size, Math.Abs(expected[i]));
        }

        for (var i = 0; i < length; i++)
        {
            Assert.True(Math.Abs(expected[i] - found[i]) <= tolerance * (size + 1), $"[{i}] of {length}: {found[i]} is not {expected[i]}");
        }
    }

    private float* Zeros(int length)
    {
        _buffers.Add(FloatBuffer.Zeros(length));
        return _buffers[^1].Pointer;
    }

    private float* Random(int length, float spread = 2)
    {
        var at = Zeros(length);
        for (var i = 0; i < length; i++)
        {
            at[i] = (_random.NextSingle() - 0.5f) * spread;
        }

        return at;
    }

    private WeightMatrix Weights(GgmlType type, int rows, int columns)
    {
        var (size, blocks) = (GgmlTypes.BlockBytes(type), rows * (columns / GgmlTypes.BlockLength(type)));
        var bytes = (byte*)Zeros(((size * blocks) + 3) / 4);
        for (var i = 0; i < blocks; i++)
        {
            var block = new Span<byte>(bytes + (i * size), size);
            _random.NextBytes(block);
            switch (type)
            {
                case GgmlType.F32:
                    BitConverter.TryWriteBytes(block, _random.NextSingle() - 0.5f);
                    break;
                case GgmlType.BF16:
                    BitConverter.TryWriteBytes(block, (ushort)(BitConverter.SingleToUInt32Bits(_random.NextSingle() - 0.5f) >> 16));
                    break;
                case GgmlType.Q6_K:
                    BitConverter.TryWriteBytes(block[208..], (Half)(_random.NextSingle() * 1e-4f));
                    break;
                default:
                    BitConverter.TryWriteBytes(block, (Half)(_random.NextSingle() * (type == GgmlType.F16 ? 1 : 1e-2f)));
                    if (type is GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q4_1 or GgmlType.Q5_1)
                    {
                        BitConverter.TryWriteBytes(block[2..], (Half)(_random.NextSingle() * 1e-2f));
                    }

                    break;
            }
        }

        return new WeightMatrix(type, bytes, rows, columns);
    }
}

/// <summary>A test that needs oneDNN's library.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OneDnnTheoryAttribute : TheoryAttribute
{
    public OneDnnTheoryAttribute() => Skip = OneDnn.Installed is null ? "needs oneDNN (Debian: libdnnl2 or libdnnl3), which is not on this machine" : null;
}
