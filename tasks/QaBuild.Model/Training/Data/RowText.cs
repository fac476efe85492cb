using QaBuild.Model.Chat;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Training.Data;

/// <summary>A row as the model reads it.</summary>
/// <param name="Segments">Its text, in stretches that are answers and such that are not.</param>
/// <param name="Terminator">The token that the chat template ended its answers with; null for a row that stands as it was compiled and brings its own.</param>
public sealed record RowText(IReadOnlyList<ChatSegment> Segments, string? Terminator)
{
    /// <summary>The same as a conversation, the answer included; empty for plain text, which asks nothing.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    /// <summary>What the model is asked with: all that stands before the last answer.</summary>
    public string Prompt => string.Concat(Segments.Take(LastAnswer).Select(s => s.Text));

    /// <summary>The last answer, with its terminator.</summary>
    public string Answer => LastAnswer < Segments.Count ? Segments[LastAnswer].Text : "";

    private int LastAnswer
    {
        get
        {
            var at = Segments.Count - 1;
            while (at >= 0 && !Segments[at].IsAnswer)
            {
                at--;
            }

            return at < 0 ? Segments.Count : at;
        }
    }
}
