using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QaBuild.Model.Training.Export;

/// <summary>The <c>adapter_config.json</c> beside an adapter.</summary>
internal static class AdapterConfigFile
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string folder, JsonObject config)
        => AtomicFile.Write(Path.Combine(folder, "adapter_config.json"), s => s.Write([.. JsonSerializer.SerializeToUtf8Bytes(config, s_json), (byte)'\n']));

    /// <summary>Names in the order of the layers.</summary>
    public static JsonArray Names(IEnumerable<string> names) => [.. names.Select(n => JsonValue.Create(n))];
}
