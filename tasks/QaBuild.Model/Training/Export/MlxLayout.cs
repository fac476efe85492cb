using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using QaBuild.Model.Import;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>
/// What mlx-lm saves and loads: <c>adapters.safetensors</c> with <c>X.lora_a</c> [inputs, rank], <c>X.lora_b</c> [rank, outputs] and for DoRA <c>X.m</c> [outputs]; for full
/// training the weights themselves (tuner/lora.py, tuner/dora.py and tuner/utils.py of mlx-lm).
/// </summary>
internal static class MlxLayout
{
    public static void Write(string folder, AdapterWeights adapter, ModelShape shape, string baseName, CancellationToken cancellation)
    {
        var writer = new SafetensorsWriter();
        writer.Add("format", "mlx");
        foreach (var (layer, kind, linear) in adapter.Linears)
        {
            var (name, rows) = (PythonNames.Linear(layer, kind), PythonNames.Rows(shape, kind));
            var (inputs, rank, outputs) = (linear.A.Columns, linear.A.Rows, linear.B.Columns);
            writer.AddTensor($"{name}.lora_a", "F32", [inputs, rank], s => s.Write(MemoryMarshal.AsBytes<float>(AdapterExport.Transposed(linear.A))));
            writer.AddTensor($"{name}.lora_b", "F32", [rank, outputs], s => s.Write(MemoryMarshal.AsBytes<float>(Scattered(linear.B, rows))));
            if (linear.Magnitude is { } magnitude)
            {
                writer.AddTensor($"{name}.m", "F32", [outputs], s => s.Write(MemoryMarshal.AsBytes<float>(Scattered(magnitude, rows))));
            }
        }

        for (var layer = adapter.FirstLayer; layer < shape.Layers; layer++)
        {
            if (adapter.Layer(layer) is { } trained)
            {
                AddLayer(writer, layer, trained, shape);
            }
        }

        writer.WriteTo(Path.Combine(folder, "adapters.safetensors"), cancellation);
        AdapterConfigFile.Write(folder, Config(adapter, shape, baseName));
    }

    private static JsonObject Config(AdapterWeights adapter, ModelShape shape, string baseName)
    {
        var options = adapter.Options;
        var config = new JsonObject
        {
            ["model"] = baseName,
            ["fine_tune_type"] = options.Kind.ToString().ToLowerInvariant(),
            ["num_layers"] = shape.Layers - adapter.FirstLayer,
        };
        if (options.Kind != AdapterKind.Full)
        {
            config["lora_parameters"] = new JsonObject
            {
                ["rank"] = options.Rank,
                ["scale"] = options.Scale,
                ["dropout"] = options.Dropout,
                ["keys"] = AdapterConfigFile.Names(options.Targets.Distinct().Order().Select(t => t.ModuleName())),
            };
        }

        return config;
    }

    private static void AddLayer(SafetensorsWriter writer, int layer, TrainedLayer trained, ModelShape shape)
    {
        foreach (var kind in LinearKinds.All)
        {
            var (name, rows, matrix) = (PythonNames.Linear(layer, kind), PythonNames.Rows(shape, kind), trained.Matrices[(int)kind]);
            writer.AddTensor($"{name}.weight", "F32", [matrix.Rows, matrix.Columns], s =>
            {
                // A whole matrix may be long: row after row.
                var from = new int[rows.Length];
                for (var i = 0; i < rows.Length; i++)
                {
                    from[rows[i]] = i;
                }

                foreach (var row in from)
                {
                    s.Write(MemoryMarshal.AsBytes(matrix.Values.Slice(row * matrix.Columns, matrix.Columns)));
                }
            });
            if (trained.Biases[(int)kind] is { } bias)
            {
                writer.AddTensor($"{name}.bias", "F32", [bias.Columns], s => s.Write(MemoryMarshal.AsBytes<float>(Scattered(bias, rows))));
            }
        }

        foreach (var (kind, length) in LayerWeights.NormsOf(shape))
        {
            var (norm, offset) = (trained.Norms[(int)kind]!, PythonNames.NormOffset(shape));
            writer.AddTensor(PythonNames.Norm(shape, layer, kind), "F32", [length], s => s.Write(MemoryMarshal.AsBytes<float>(Array.ConvertAll(norm.Values.ToArray(), v => v - offset))));
        }
    }

    /// <summary>Columns put where Python has them.</summary>
    private static float[] Scattered(Parameter parameter, int[] places)
    {
        var (columns, values) = (parameter.Columns, parameter.Values.ToArray());
        var to = new float[values.Length];
        for (var row = 0; row < parameter.Rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                to[(row * columns) + places[column]] = values[(row * columns) + column];
            }
        }

        return to;
    }
}
