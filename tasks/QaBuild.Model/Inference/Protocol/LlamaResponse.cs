using System.Text.Json.Serialization;

namespace QaBuild.Model.Inference;

/// <summary>
/// What the child says. It greets with <see cref="ReadyResponse"/>; every request has one last response, before which a logits request has one of its own for
/// each position and a generation one for each piece of text.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(ReadyResponse), "ready")]
[JsonDerivedType(typeof(LoadedResponse), "loaded")]
[JsonDerivedType(typeof(TokensResponse), "tokens")]
[JsonDerivedType(typeof(CountsResponse), "counts")]
[JsonDerivedType(typeof(TextResponse), "text")]
[JsonDerivedType(typeof(LogitsResponse), "logits")]
[JsonDerivedType(typeof(ScoresResponse), "scores")]
[JsonDerivedType(typeof(PieceResponse), "piece")]
[JsonDerivedType(typeof(GeneratedResponse), "generated")]
[JsonDerivedType(typeof(DoneResponse), "done")]
[JsonDerivedType(typeof(FaultResponse), "fault")]
internal abstract record LlamaResponse;

internal sealed record ReadyResponse(string Release) : LlamaResponse;

internal sealed record LoadedResponse(LlamaModelInfo Model) : LlamaResponse;

internal sealed record TokensResponse(int[][] Ids) : LlamaResponse;

internal sealed record CountsResponse(int[] Counts) : LlamaResponse;

internal sealed record TextResponse(string Text) : LlamaResponse;

/// <summary>The logits after one position: little-endian floats, as many as the vocabulary has tokens.</summary>
internal sealed record LogitsResponse(byte[] Floats) : LlamaResponse;

internal sealed record ScoresResponse(double[] LogLikelihoods) : LlamaResponse;

internal sealed record PieceResponse(string Text) : LlamaResponse;

internal sealed record GeneratedResponse(Generation Generation) : LlamaResponse;

internal sealed record DoneResponse : LlamaResponse;

internal sealed record FaultResponse(string Code, string Path, FaultArgument[] Arguments) : LlamaResponse
{
    public static FaultResponse Of(ModelFaultException fault) => new(fault.Code, fault.Path, [.. fault.Arguments.Select(FaultArgument.Of)]);

    public ModelFaultException ToException() => new(Code, Path, [.. Arguments.Select(a => a.ToArgument())]);
}

/// <summary>An argument of a fault: a text, or a phrase with arguments of its own.</summary>
internal sealed record FaultArgument(string? Text, string? Phrase, FaultArgument[]? Arguments)
{
    public static FaultArgument Of(object argument) => argument is Reason reason
        ? new FaultArgument(null, reason.Name, [.. reason.Arguments.Select(Of)])
        : new FaultArgument(Convert.ToString(argument, System.Globalization.CultureInfo.InvariantCulture), null, null);

    public object ToArgument() => Phrase is null ? Text ?? "" : new Reason(Phrase, [.. (Arguments ?? []).Select(a => a.ToArgument())]);
}
