namespace QaBuild.Model.Packaging.Gate;

/// <summary>What a hop must reach. Hops that compute with the same numbers are held closer to the trainer than files of fewer bits.</summary>
public sealed record GateLimits
{
    /// <summary>The least share of trained questions whose answer ends by itself.</summary>
    public double MinStopRate { get; init; } = 0.9;

    /// <summary>The least share of trained questions that are answered to the letter; most trainings do not aim at any.</summary>
    public double MinExactMatch { get; init; }

    /// <summary>The least ROUGE-L against the trainer's answers, for base and adapter and for the fused model.</summary>
    public double MinRougeL { get; init; } = 0.8;

    /// <summary>The same for quantized files and for Ollama.</summary>
    public double MinQuantizedRougeL { get; init; } = 0.5;

    /// <summary>The largest drift of tokens' likelihoods, in nats, for base and adapter and for the fused model.</summary>
    public double MaxDrift { get; init; } = 0.05;

    /// <summary>The same for quantized files.</summary>
    public double MaxQuantizedDrift { get; init; } = 0.5;

    /// <summary>The least ROUGE-L of a hop; the trainer is what the others are held against.</summary>
    public double? RougeLOf(GateHopKind kind) => kind switch
    {
        GateHopKind.Trainer => null,
        GateHopKind.Adapter or GateHopKind.Fused => MinRougeL,
        _ => MinQuantizedRougeL,
    };

    /// <summary>The largest drift of a hop.</summary>
    public double? DriftOf(GateHopKind kind) => kind switch
    {
        GateHopKind.Trainer => null,
        GateHopKind.Adapter or GateHopKind.Fused => MaxDrift,
        _ => MaxQuantizedDrift,
    };
}
