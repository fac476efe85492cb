using QaBuild.Model.Inference;

namespace QaBuild.Model.Training.Data;

/// <summary>What a row says: a conversation, or a text that stands as it was compiled.</summary>
/// <param name="Messages">The conversation, which ends with an answer; null for a text.</param>
/// <param name="Prompt">What a text asks; empty for a document.</param>
/// <param name="Answer">What it answers, with the terminator that it brings.</param>
public sealed record RowContent(IReadOnlyList<ChatMessage>? Messages, string Prompt, string Answer);
