namespace QaBuild.Model.Kernels;

/// <summary>Attention as it is defined, one score at a time.</summary>
internal static unsafe class ReferenceAttention
{
    /// <summary>See <see cref="Attention.Forward"/>.</summary>
    public static void Forward(AttentionShape shape, Segment segment, float* q, float* k, float* v, float* output)
        => Each(shape, segment, q, k, (query, head, keyHead, keys, likelihoods, _) =>
        {
            for (var d = 0; d < shape.HeadSize; d++)
            {
                var sum = 0.0;
                for (var n = 0; n < keys.Length; n++)
                {
                    sum += likelihoods[n] * v[At(shape.KeyWidth, segment.Start + keys[n], keyHead, d, shape)];
                }

                output[At(shape.QueryWidth, segment.Start + query, head, d, shape)] = (float)sum;
            }
        });

    /// <summary>See <see cref="Attention.Backward"/>; the gradients of keys and values are added to what stands there.</summary>
    public static void Backward(AttentionShape shape, Segment segment, float* q, float* k, float* v, float* doutput, float* dq, float* dk, float* dv)
        => Each(shape, segment, q, k, (query, head, keyHead, keys, likelihoods, capSlopes) =>
        {
            var slopes = new double[keys.Length];
            for (var n = 0; n < keys.Length; n++)
            {
                for (var d = 0; d < shape.HeadSize; d++)
                {
                    var g = doutput[At(shape.QueryWidth, segment.Start + query, head, d, shape)];
                    slopes[n] += (double)g * v[At(shape.KeyWidth, segment.Start + keys[n], keyHead, d, shape)];
                    dv[At(shape.KeyWidth, segment.Start + keys[n], keyHead, d, shape)] += (float)(likelihoods[n] * g);
                }
            }

            var along = slopes.Zip(likelihoods, (s, p) => s * p).Sum();
            for (var d = 0; d < shape.HeadSize; d++)
            {
                var at = At(shape.QueryWidth, segment.Start + query, head, d, shape);
                var sum = 0.0;
                for (var n = 0; n < keys.Length; n++)
                {
                    var slope = likelihoods[n] * (slopes[n] - along) * capSlopes[n] * shape.Scale;
                    var key = At(shape.KeyWidth, segment.Start + keys[n], keyHead, d, shape);
                    sum += slope * k[key];
                    dk[key] += (float)(slope * q[at]);
                }

                dq[at] = (float)sum;
            }
        });

    private static void Each(AttentionShape shape, Segment segment, float* q, float* k, Action<int, int, int, int[], double[], double[]> body)
    {
        for (var query = 0; query < segment.Queries; query++)
        {
            var position = segment.Keys - segment.Queries + query;
            var first = shape.Window > 0 ? Math.Max(0, position - shape.Window + 1) : 0;
            var keys = Enumerable.Range(first, position + 1 - first).ToArray();
            for (var head = 0; head < shape.Heads; head++)
            {
                var keyHead = head / (shape.Heads / shape.KeyHeads);
                var scores = new double[keys.Length];
                for (var n = 0; n < keys.Length; n++)
                {
                    for (var d = 0; d < shape.HeadSize; d++)
                    {
                        scores[n] += (double)q[At(shape.QueryWidth, segment.Start + query, head, d, shape)] * k[At(shape.KeyWidth, segment.Start + keys[n], keyHead, d, shape)];
                    }

                    scores[n] *= shape.Scale;
                }

                var tanh = Array.ConvertAll(scores, s => shape.Cap == 0 ? 0 : Math.Tanh(s / shape.Cap));
                scores = shape.Cap == 0 ? scores : Array.ConvertAll(tanh, t => t * shape.Cap);
                var largest = scores.Max();
                var total = scores.Sum(s => Math.Exp(s - largest));
                body(query, head, keyHead, keys, Array.ConvertAll(scores, s => Math.Exp(s - largest) / total), Array.ConvertAll(tanh, t => 1 - (t * t)));
            }
        }
    }

    private static nint At(int width, int row, int head, int number, AttentionShape shape) => ((nint)row * width) + (head * shape.HeadSize) + number;
}
