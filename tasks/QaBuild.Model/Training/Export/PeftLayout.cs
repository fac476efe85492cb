using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using QaBuild.Model.Import;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Export;

/// <summary>
/// What PEFT saves and loads: <c>adapter_model.safetensors</c> with <c>base_model.model.X.lora_A.weight</c> [rank, inputs], <c>….lora_B.weight</c> [outputs, rank] and for DoRA
/// <c>….lora_magnitude_vector</c> [outputs] (utils/save_and_load.py and tuners/lora/config.py of PEFT).
/// </summary>
internal static class PeftLayout
{
    public static void Write(string folder, AdapterWeights adapter, ModelShape shape, string baseName, CancellationToken cancellation)
    {
        var writer = new SafetensorsWriter();
        writer.Add("format", "pt");
        foreach (var (layer, kind, linear) in adapter.Linears)
        {
            var (name, rows) = ("base_model.model." + PythonNames.Linear(layer, kind), PythonNames.Rows(shape, kind));
            var (inputs, rank, outputs) = (linear.A.Columns, linear.A.Rows, linear.B.Columns);
            writer.AddTensor($"{name}.lora_A.weight", "F32", [rank, inputs], s => s.Write(MemoryMarshal.AsBytes(linear.A.Values)));
            writer.AddTensor($"{name}.lora_B.weight", "F32", [outputs, rank], s => s.Write(MemoryMarshal.AsBytes<float>(Turned(linear.B, rows))));
            if (linear.Magnitude is { } magnitude)
            {
                writer.AddTensor($"{name}.lora_magnitude_vector", "F32", [outputs], s => s.Write(MemoryMarshal.AsBytes<float>(Turned(magnitude, rows))));
            }
        }

        writer.WriteTo(Path.Combine(folder, "adapter_model.safetensors"), cancellation);
        AdapterConfigFile.Write(folder, Config(adapter, shape, baseName));
    }

    private static JsonObject Config(AdapterWeights adapter, ModelShape shape, string baseName)
    {
        var options = adapter.Options;
        var alpha = options.Scale * (double)options.Rank;
        var config = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = baseName,
            ["r"] = options.Rank,
            ["lora_alpha"] = alpha == Math.Truncate(alpha) ? JsonValue.Create((long)alpha) : JsonValue.Create(alpha),
            ["lora_dropout"] = options.Dropout,
            ["target_modules"] = AdapterConfigFile.Names(options.Targets.Distinct().Order().Select(t => t.ModuleName().Split('.')[^1])),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["use_dora"] = options.Kind == AdapterKind.Dora,
            ["use_rslora"] = false,
        };
        if (adapter.FirstLayer > 0)
        {
            config["layers_to_transform"] = new JsonArray([.. Enumerable.Range(adapter.FirstLayer, shape.Layers - adapter.FirstLayer).Select(l => JsonValue.Create(l))]);
        }

        return config;
    }

    /// <summary>[outputs][rows] of a parameter's [rows][outputs], the outputs where Python has them.</summary>
    private static float[] Turned(Parameter parameter, int[] places)
    {
        var (rank, values) = (parameter.Rows, parameter.Values.ToArray());
        var to = new float[values.Length];
        for (var row = 0; row < rank; row++)
        {
            for (var output = 0; output < places.Length; output++)
            {
                to[(places[output] * rank) + row] = values[(row * places.Length) + output];
            }
        }

        return to;
    }
}
