namespace QaBuild.Model.Chat;

/// <summary>A stretch of a conversation's text as the model reads it.</summary>
/// <param name="Text">Its special tokens are written out, and are to be read as such.</param>
/// <param name="IsAnswer">Whether the model is to learn it: an answer with its terminator. All else is what it is asked with.</param>
public sealed record ChatSegment(string Text, bool IsAnswer);
