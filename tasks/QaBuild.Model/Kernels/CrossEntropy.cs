using System.Numerics;

namespace QaBuild.Model.Kernels;

/// <summary>The loss of rows of logits, and in their place their gradient: a second matrix of this size never exists.</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>Computes minus the log-likelihood of each row's target.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="logits">[rows][columns]; overwritten.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">The vocabulary.</param>
    /// <param name="targets">Of each row.</param>
    /// <param name="cap">Logits become cap · tanh(logit / cap); 0 for none.</param>
    /// <param name="weight">When not 0, <paramref name="logits"/> become weight times the loss's gradient.</param>
    /// <param name="losses">Of each row.</param>
    public static void Rows(Workers workers, float* logits, int rows, int columns, int[] targets, float cap, float weight, float[] losses) => workers.For(rows, 1, (start, end, _) =>
    {
        for (var i = start; i < end; i++)
        {
            losses[i] = Row(logits + ((nint)i * columns), columns, targets[i], cap, weight);
        }
    });

    /// <summary>logits = cap · tanh(logits / cap); nothing when <paramref name="cap"/> is 0.</summary>
    public static void Cap(float* x, int length, float cap)
    {
        if (cap == 0)
        {
            return;
        }

        var j = 0;
        for (; j + Vector<float>.Count <= length; j += Vector<float>.Count)
        {
            (cap * VectorMath.Tanh(Vector.Load(x + j) / cap)).Store(x + j);
        }

        for (; j < length; j++)
        {
            x[j] = cap * VectorMath.Tanh(new Vector<float>(x[j] / cap))[0];
        }
    }

    /// <summary>The largest of the numbers.</summary>
    public static float Largest(float* x, int length)
    {
        var j = 0;
        var largest = float.NegativeInfinity;
        if (length >= Vector<float>.Count)
        {
            var many = Vector.Load(x);
            for (j = Vector<float>.Count; j + Vector<float>.Count <= length; j += Vector<float>.Count)
            {
                many = Vector.Max(many, Vector.Load(x + j));
            }

            for (var lane = 0; lane < Vector<float>.Count; lane++)
            {
                largest = MathF.Max(largest, many[lane]);
            }
        }

        for (; j < length; j++)
        {
            largest = MathF.Max(largest, x[j]);
        }

        return largest;
    }

    /// <summary>x = e to the (x - shift); returns the sum.</summary>
    public static float Exponentials(float* x, int length, float shift)
    {
        var sum = Vector<float>.Zero;
        var j = 0;
        for (; j + Vector<float>.Count <= length; j += Vector<float>.Count)
        {
            var e = VectorMath.Exp(Vector.Load(x + j) - new Vector<float>(shift));
            e.Store(x + j);
            sum += e;
        }

        var total = Vector.Sum(sum);
        for (; j < length; j++)
        {
            x[j] = VectorMath.Exp(new Vector<float>(x[j] - shift))[0];
            total += x[j];
        }

        return total;
    }

    /// <summary>x = scale · x.</summary>
    public static void Scale(float* x, int length, float scale)
    {
        var j = 0;
        for (; j + Vector<float>.Count <= length; j += Vector<float>.Count)
        {
            (Vector.Load(x + j) * scale).Store(x + j);
        }

        for (; j < length; j++)
        {
            x[j] *= scale;
        }
    }

    private static float Row(float* x, int columns, int target, float cap, float weight)
    {
        Cap(x, columns, cap);
        var largest = Largest(x, columns);
        var chosen = x[target];
        if (weight == 0 || cap == 0)
        {
            var sum = Exponentials(x, columns, largest);
            if (weight != 0)
            {
                Scale(x, columns, weight / sum);
                x[target] -= weight;
            }

            return largest - chosen + MathF.Log(sum);
        }

        return CappedRow(x, columns, target, cap, weight, largest);
    }

    // The slope of the cap is 1 - (capped / cap)², so the capped logits are still needed when the likelihoods are known.
    private static float CappedRow(float* x, int columns, int target, float cap, float weight, float largest)
    {
        var chosen = x[target];
        var sum = 0f;
        for (var pass = 0; pass < 2; pass++)
        {
            var total = Vector<float>.Zero;
            var shift = new Vector<float>(largest);
            var scale = pass == 0 ? 0 : weight / sum;
            var j = 0;
            for (; j + Vector<float>.Count <= columns; j += Vector<float>.Count)
            {
                var capped = Vector.Load(x + j);
                var e = VectorMath.Exp(capped - shift);
                total += e;
                if (pass == 1)
                {
                    var share = capped / cap;
                    (e * scale * (Vector<float>.One - (share * share))).Store(x + j);
                }
            }

            var rest = Vector.Sum(total);
            for (; j < columns; j++)
            {
                var capped = x[j];
                var e = VectorMath.Exp(new Vector<float>(capped - largest))[0];
                rest += e;
                if (pass == 1)
                {
                    x[j] = e * scale * (1 - (capped / cap * (capped / cap)));
                }
            }

            sum = pass == 0 ? rest : sum;
        }

        x[target] -= weight * (1 - (chosen / cap * (chosen / cap)));
        return largest - chosen + MathF.Log(sum);
    }
}
