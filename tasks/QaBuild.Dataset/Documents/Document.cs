using System.Collections.Immutable;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Documents;

/// <summary>A part of a document that fits one row.</summary>
/// <param name="Heading">The first heading in it, or null.</param>
/// <param name="Text">As it goes into the dataset.</param>
/// <param name="Line">1-based line where it begins.</param>
public readonly record struct DocumentPiece(string? Heading, string Text, int Line);

/// <summary>A Markdown file that is read as text, not as a question and its answer.</summary>
/// <param name="File">The file.</param>
/// <param name="Id">From the front matter, or the path below the KB without its ending.</param>
/// <param name="Title">The first heading, or the file's name.</param>
/// <param name="FrontMatter">The YAML block.</param>
/// <param name="Pieces">In the order of the text.</param>
public sealed record Document(SourceFile File, string Id, string Title, FrontMatter FrontMatter, ImmutableArray<DocumentPiece> Pieces);
