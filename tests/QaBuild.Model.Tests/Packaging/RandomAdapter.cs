using QaBuild.Model.Gguf;
using QaBuild.Model.Tests.Training;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Tests.Packaging;

/// <summary>An adapter of random numbers, in the trainer and as the files that training leaves.</summary>
internal sealed class RandomAdapter : IDisposable
{
    private readonly GgufFile _file;
    private readonly BaseWeights _base;
    private readonly AdapterWeights _weights;

    /// <summary>Makes an adapter for a base and writes it.</summary>
    public RandomAdapter(string model, string folder, AdapterKind kind = AdapterKind.Lora, float spread = 0.5f)
    {
        _file = GgufFile.Open(model);
        _base = BaseWeights.Of(_file);
        _weights = new AdapterWeights(_base, new AdapterOptions { Kind = kind, Rank = 3, Scale = 1.5f });
        foreach (var parameter in _weights.Parameters)
        {
            // Magnitudes and whole weights begin where the base is.
            var numbers = TinyModel.Numbers(parameter.Name, parameter.Values.Length, spread);
            if (!parameter.Name.Contains(".lora_", StringComparison.Ordinal))
            {
                numbers = [.. numbers.Zip(parameter.Values.ToArray(), (n, m) => m * (1 + n))];
            }

            numbers.CopyTo(parameter.Values);
        }

        AdapterExport.WriteAll(folder, _weights, _base, _file, "base");
        Path = System.IO.Path.Combine(folder, kind switch { AdapterKind.Lora => AdapterExport.GgufName, AdapterKind.Dora => AdapterExport.MlxName, _ => AdapterExport.WholeName });
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What the trainer says of base and adapter.</summary>
    public float[] Logits(int[] ids)
    {
        using var network = new Transformer(_base, _weights);
        return network.Logits(ids);
    }

    /// <summary>What the trainer says of a model alone.</summary>
    public static float[] Logits(string model, int[] ids)
    {
        using var file = GgufFile.Open(model);
        using var weights = BaseWeights.Of(file);
        using var network = new Transformer(weights);
        return network.Logits(ids);
    }

    public void Dispose()
    {
        _weights.Dispose();
        _base.Dispose();
        _file.Dispose();
    }
}
