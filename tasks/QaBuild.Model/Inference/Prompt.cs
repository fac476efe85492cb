namespace QaBuild.Model.Inference;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">For example <c>system</c>, <c>user</c>, <c>assistant</c>.</param>
/// <param name="Content">What was said.</param>
public sealed record ChatMessage(string Role, string Content);

/// <summary>What a model is asked: a text that it goes on with, or a conversation that it answers through its chat template.</summary>
/// <param name="Text">The text, with special tokens written out; null for a conversation.</param>
/// <param name="Messages">The conversation; null for a text.</param>
public sealed record Prompt(string? Text, IReadOnlyList<ChatMessage>? Messages)
{
    /// <summary>A text as it is.</summary>
    public static Prompt Raw(string text) => new(text, null);

    /// <summary>A conversation.</summary>
    public static Prompt Chat(params IReadOnlyList<ChatMessage> messages) => new(null, messages);
}
