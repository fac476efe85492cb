using System.Text.Json.Serialization;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>The forms that a model takes on its way, in order.</summary>
public enum GateHopKind
{
    /// <summary>Base and adapter as the trainer computes them.</summary>
    Trainer,

    /// <summary>Base and adapter in llama.cpp.</summary>
    Adapter,

    /// <summary>The fused model in llama.cpp.</summary>
    Fused,

    /// <summary>A quantized file in llama.cpp.</summary>
    Quantized,

    /// <summary>The model as Ollama runs it.</summary>
    Ollama,
}

/// <summary>A hop to ask.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">For people: a file's name, or Ollama's model.</param>
/// <param name="OpenAsync">Loads the model.</param>
public sealed record GateHop(GateHopKind Kind, string Name, Func<CancellationToken, Task<IGateModel>> OpenAsync);

/// <summary>What came of a hop.</summary>
public sealed record GateHopResult
{
    /// <summary>Which.</summary>
    public required GateHopKind Kind { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>The share of trained questions whose answer ended by itself.</summary>
    public double? StopRate { get; init; }

    /// <summary>The share of trained questions that were answered with the very text of the row.</summary>
    public double? ExactMatch { get; init; }

    /// <summary>ROUGE-L against the trainer's answers, the mean over all questions.</summary>
    public double? RougeL { get; init; }

    /// <summary>How far the logarithms of the tokens' likelihoods are from the trainer's: the mean of the absolute differences over all tokens of the expected answers, in nats.</summary>
    public double? Drift { get; init; }

    /// <summary>The mean negative logarithm of those likelihoods, over trained questions.</summary>
    public double? Loss { get; init; }

    /// <summary>In the order of the questions; empty when the hop was not asked or failed to open.</summary>
    public IReadOnlyList<GateAnswer> Answers { get; init; } = [];

    /// <summary>What is wrong; null when nothing is, or when the hop was not asked because one before it failed.</summary>
    public GateFailure? Failure { get; init; }

    /// <summary>Whether it was asked and is within all limits.</summary>
    [JsonIgnore]
    public bool Passed => Failure is null && Answers.Count > 0;
}

/// <summary>Why a hop does not pass.</summary>
/// <param name="Measure">StopRate, ExactMatch, RougeL or Drift; empty when the model could not be asked.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Limit">What is allowed.</param>
/// <param name="Question">The question that shows it best; null when the model could not be asked.</param>
/// <param name="Expected">What was to be answered.</param>
/// <param name="Found">What was answered.</param>
/// <param name="Cause">The likely cause: the name of a phrase of the catalogue.</param>
public sealed record GateFailure(string Measure, double Value, double Limit, string? Question, string? Expected, string? Found, string Cause)
{
    /// <summary>Why the model could not be asked.</summary>
    [JsonIgnore]
    public ModelFaultException? Fault { get; init; }
}
