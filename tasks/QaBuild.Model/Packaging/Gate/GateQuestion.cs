using QaBuild.Model.Inference;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>A question that every hop is asked.</summary>
/// <param name="Row">The line of its file, 1-based.</param>
/// <param name="IsTrained">Whether the model was trained on it, so that the answer may be known by heart; otherwise it is of the test split.</param>
/// <param name="Messages">The conversation up to what is asked.</param>
/// <param name="Prompt">The same as the model reads it: with the marks of the chat template, up to where the answer begins.</param>
/// <param name="Expected">The row's answer, without what ends it.</param>
/// <param name="Ending">What ends it: a terminator's text; empty when neither the row nor the template has one.</param>
public sealed record GateQuestion(int Row, bool IsTrained, IReadOnlyList<ChatMessage> Messages, string Prompt, string Expected, string Ending)
{
    /// <summary>As people see it: what the last turn asks.</summary>
    public string Question => Messages[^1].Content;
}

/// <summary>What a model said.</summary>
/// <param name="Text">Without special tokens.</param>
/// <param name="Stopped">Whether the model ended by itself.</param>
public sealed record GateAnswer(string Text, bool Stopped);

/// <summary>A model that can be asked, wherever it runs.</summary>
public interface IGateModel : IAsyncDisposable
{
    /// <summary>Asks, and takes the likeliest token each time.</summary>
    Task<GateAnswer> AnswerAsync(GateQuestion question, int mostTokens, CancellationToken cancellation);

    /// <summary>The logarithm of the likelihood of each token of the expected answer and of what ends it; null when the model does not tell.</summary>
    Task<double[]?> ScoreAsync(GateQuestion question, CancellationToken cancellation);
}
