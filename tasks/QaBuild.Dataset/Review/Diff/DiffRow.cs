using System.Collections.Immutable;

namespace QaBuild.Dataset.Review.Diff;

/// <summary>A row as one of the two sides has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Source">Its file below the knowledge base.</param>
/// <param name="Line">1-based line in the source.</param>
/// <param name="File">Its file below the dataset's folder, without <c>.jsonl</c>: <c>train</c>.</param>
/// <param name="Times">How often it stands there: its weight.</param>
/// <param name="Characters">Unicode characters of prompt and answer.</param>
/// <param name="Tokens">By the base model's tokenizer; null without one.</param>
/// <param name="Title">What is asked.</param>
public sealed record DiffRow(string Id, string Source, int Line, string File, int Times, int Characters, int? Tokens, string Title)
{
    /// <summary><c>train</c>, or <c>train*3</c>.</summary>
    public string Place => Times > 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}*{Times}") : File;
}

/// <summary>A text of a row that is other than it was.</summary>
/// <param name="Name">Which text, see <see cref="RowText"/>.</param>
/// <param name="Places">Where.</param>
public sealed record TextChange(string Name, ImmutableArray<WordChange> Places);

/// <summary>A row that both sides have, and what is other.</summary>
/// <param name="Before">As it was.</param>
/// <param name="Now">As it is.</param>
/// <param name="Texts">The texts that are other; none for a row that only stands elsewhere.</param>
public sealed record RowChange(DiffRow Before, DiffRow Now, ImmutableArray<TextChange> Texts);
