using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using QaBuild.Model.Import;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>gate.json: what was asked, what every hop answered, and whether that is enough (schema/gate.schema.json).</summary>
public sealed record GateReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The base model's name.</summary>
    public required string Base { get; init; }

    /// <summary>Whether every hop is within its limits.</summary>
    public bool Passed { get; init; }

    /// <summary>What a hop must reach.</summary>
    public required GateLimits Limits { get; init; }

    /// <summary>In the order in which they were asked.</summary>
    public required IReadOnlyList<GateQuestion> Questions { get; init; }

    /// <summary>In the order of the model's way.</summary>
    public required IReadOnlyList<GateHopResult> Hops { get; init; }

    /// <summary>The trainer's hop, which the others are held against.</summary>
    [JsonIgnore]
    public GateHopResult? Trainer => Hops.FirstOrDefault(h => h.Kind == GateHopKind.Trainer);

    /// <summary>Reads gate.json.</summary>
    /// <exception cref="ModelFaultException">QA7003: it is absent or none.</exception>
    public static GateReport Read(string path)
    {
        try
        {
            using var json = JsonFile.Open(path);
            return json.Root.Deserialize<GateReport>(Json)!;
        }
        catch (JsonException e)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }
    }

    /// <summary>The same with hops asked anew, in place of those of their kind.</summary>
    public GateReport With(IReadOnlyList<GateHopResult> hops)
    {
        ArgumentNullException.ThrowIfNull(hops);
        IReadOnlyList<GateHopResult> all = [.. Hops.Where(h => hops.All(n => n.Kind != h.Kind)).Concat(hops).OrderBy(h => h.Kind)];
        return this with { Hops = all, Passed = all.All(h => h.Passed) };
    }

    /// <summary>As gate.json holds it: the same answers, the same bytes.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];
}
