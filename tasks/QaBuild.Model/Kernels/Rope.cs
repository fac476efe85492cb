namespace QaBuild.Model.Kernels;

/// <summary>Turns pairs of numbers of each head by an angle that grows with the position (rotary position embedding, Su et al. 2021).</summary>
/// <param name="layout">Which numbers are pairs.</param>
/// <param name="headSize">Numbers of a head.</param>
/// <param name="frequencies">The angle a position of each pair, in radians; what is beyond the last pair does not turn.</param>
/// <param name="magnitude">What everything that turns is multiplied by: 1 but for YaRN.</param>
internal sealed unsafe class Rope(RopeLayout layout, int headSize, double[] frequencies, float magnitude)
{
    private const int RowGrain = 32;
    private float[] _cosines = [];
    private float[] _sines = [];
    private int _positions;

    /// <summary>Turns rows in place.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="x">[rows][heads × head size].</param>
    /// <param name="rows">Tokens.</param>
    /// <param name="heads">Heads of a token.</param>
    /// <param name="positions">Of each token.</param>
    /// <param name="back">Turns by the opposite angle, which is the gradient.</param>
    public void Turn(Workers workers, float* x, int rows, int heads, int[] positions, bool back)
    {
        var pairs = frequencies.Length;
        var (first, second, step) = layout == RopeLayout.Adjacent ? (0, 1, 2) : (0, pairs, 1);
        Prepare(positions.AsSpan(0, rows));
        workers.For(rows, RowGrain, (start, end, _) =>
        {
            fixed (float* cosines = _cosines, sines = _sines)
            {
                for (var i = start; i < end; i++)
                {
                    var cosine = cosines + ((nint)positions[i] * pairs);
                    var sine = sines + ((nint)positions[i] * pairs);
                    for (var head = 0; head < heads; head++)
                    {
                        var at = x + ((((nint)i * heads) + head) * headSize);
                        for (var j = 0; j < pairs; j++)
                        {
                            var a = at + first + (j * step);
                            var b = at + second + (j * step);
                            var s = back ? -sine[j] : sine[j];
                            var turned = (*a * cosine[j]) - (*b * s);
                            *b = (*a * s) + (*b * cosine[j]);
                            *a = turned;
                        }
                    }
                }
            }
        });
    }

    private void Prepare(ReadOnlySpan<int> positions)
    {
        var needed = 0;
        foreach (var position in positions)
        {
            needed = Math.Max(needed, position + 1);
        }

        if (needed <= _positions)
        {
            return;
        }

        _positions = Math.Max(needed, 2 * _positions);
        _cosines = new float[_positions * frequencies.Length];
        _sines = new float[_positions * frequencies.Length];
        for (var i = 0; i < _cosines.Length; i++)
        {
            var (sine, cosine) = Math.SinCos(i / frequencies.Length * frequencies[i % frequencies.Length]);
            (_cosines[i], _sines[i]) = ((float)(cosine * magnitude), (float)(sine * magnitude));
        }
    }
}
