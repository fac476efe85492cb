namespace QaBuild.Model.BaseModels;

/// <summary>
/// Numbers that look as if drawn from a normal distribution, the same on every machine: sums of twelve uniform ones (Irwin and Hall), since logarithms and cosines may differ in
/// their last digit from machine to machine. The generator is SplitMix64 (Steele, Lea and Flood, 2014).
/// </summary>
internal sealed class NormalNumbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next numbers, of mean 0.</summary>
    /// <param name="count">How many.</param>
    /// <param name="scale">Their standard deviation.</param>
    public float[] Next(int count, double scale)
    {
        const int Summands = 12; // their sum has variance 1
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            var sum = 0.0;
            for (var summand = 0; summand < Summands; summand++)
            {
                sum += Uniform();
            }

            numbers[i] = (float)((sum - (Summands / 2)) * scale);
        }

        return numbers;
    }

    private double Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }
}
