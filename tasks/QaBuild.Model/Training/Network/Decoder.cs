using QaBuild.Model.Kernels;

namespace QaBuild.Model.Training.Network;

/// <summary>Reads a sequence token by token and remembers its keys and values, so that each token costs one row and not all before it.</summary>
public sealed unsafe class Decoder : IDisposable
{
    // A long prompt is read in parts: the workspace of a network grows with the rows of a pass.
    private const int MostRows = 512;
    private readonly Transformer _network;
    private readonly FloatBuffer[] _keys;
    private readonly FloatBuffer[] _values;
    private readonly float[] _logits;

    internal Decoder(Transformer network, int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        (_network, Context) = (network, context);
        var width = (long)context * network.Shape.KeyWidth;
        _keys = [.. Enumerable.Range(0, network.Shape.Layers).Select(_ => FloatBuffer.Allocate(width))];
        _values = [.. Enumerable.Range(0, network.Shape.Layers).Select(_ => FloatBuffer.Allocate(width))];
        _logits = new float[network.Shape.Vocabulary];
    }

    /// <summary>Tokens there is room for.</summary>
    public int Context { get; }

    /// <summary>Tokens read.</summary>
    public int Length { get; private set; }

    /// <summary>Reads tokens.</summary>
    /// <returns>The logits of what follows the last of them; good until the next call.</returns>
    public ReadOnlySpan<float> Read(scoped ReadOnlySpan<int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens.Length, Context - Length);
        while (!tokens.IsEmpty)
        {
            var part = tokens[..Math.Min(MostRows, tokens.Length)];
            tokens = tokens[part.Length..];
            ReadPart(part.ToArray(), last: tokens.IsEmpty);
        }

        return _logits;
    }

    /// <summary>Continues a prompt with the most likely token each time, until one of <paramref name="stops"/> (which is not returned), or until there is no room.</summary>
    /// <returns>The new tokens, and whether a stop token ended them.</returns>
    public (IReadOnlyList<int> Tokens, bool Stopped) Continue(ReadOnlySpan<int> prompt, int most, IReadOnlySet<int> stops)
    {
        ArgumentNullException.ThrowIfNull(stops);
        var found = new List<int>();
        var logits = Read(prompt);
        while (true)
        {
            var next = MostLikely(logits);
            if (stops.Contains(next))
            {
                return (found, true);
            }

            if (found.Count == most)
            {
                return (found, false);
            }

            found.Add(next);
            if (Length == Context)
            {
                return (found, false);
            }

            logits = Read([next]);
        }
    }

    /// <summary>Forgets what was read from <paramref name="length"/> on: another question after the same beginning need not read that again.</summary>
    public void Rewind(int length = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_keys, k => k.Dispose());
        Array.ForEach(_values, v => v.Dispose());
    }

    internal float* Keys(int layer) => _keys[layer].Pointer;

    internal float* Values(int layer) => _values[layer].Pointer;

    /// <summary>The first of the largest.</summary>
    private static int MostLikely(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    private void ReadPart(int[] tokens, bool last)
    {
        // What DoRA measures stays the same while a sequence is read.
        _network.Prepare(tokens.Length, training: false, measure: Length == 0);
        _network.Embed(tokens);
        var pass = new Transformer.Pass(tokens.Length, [.. Enumerable.Range(Length, tokens.Length)], [new Segment(0, tokens.Length, Length + tokens.Length)], this, -1);
        for (var l = 0; l < _network.Shape.Layers; l++)
        {
            _network.ForwardLayer(l, pass);
        }

        Length += tokens.Length;
        if (last)
        {
            var space = _network.Space;
            _network.HeadRows(space.Input(_network.Shape.Layers).Pointer + ((nint)(tokens.Length - 1) * _network.Shape.Width), 1);
            CrossEntropy.Cap(space.Logits.Pointer, _logits.Length, _network.Shape.LogitCap);
            new ReadOnlySpan<float>(space.Logits.Pointer, _logits.Length).CopyTo(_logits);
        }
    }
}
