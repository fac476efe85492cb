namespace QaBuild.Model.Training.Network;

/// <summary>
/// Random numbers by their index: number i of a stream needs none before it, so that threads can draw in any order and a backward can draw again what its forward drew
/// (SplitMix64, Steele et al. 2014).
/// </summary>
internal readonly struct CounterRandom(ulong stream)
{
    private readonly ulong _stream = Mix(stream + Step);

    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>A stream that depends on all the numbers.</summary>
    public static CounterRandom Of(ulong seed, long first, long second) => new(Mix(Mix(seed + ((ulong)first * Step)) + ((ulong)second * Step)));

    /// <summary>Number <paramref name="index"/>, in [0, 1).</summary>
    public float this[long index] => (Mix(_stream + ((ulong)index * Step)) >> 40) * (1f / (1 << 24));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
