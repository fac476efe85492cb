using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Documents;

/// <summary>Reads a document: front matter, footer, title, pieces cut at headings.</summary>
internal sealed class DocumentParser(int maxLength, DiagnosticBag diagnostics)
{
    private readonly record struct Block(int Start, int End, int Line, string? Heading);

    public Document? Parse(SourceFile file, ReadOnlySpan<char> text)
    {
        if (FrontMatterReader.Read(text, file.FullPath, diagnostics, out var bodyStart, out var bodyLine) is not { } front)
        {
            return null;
        }

        var body = SourceBody.Normalize(WithoutFooter(text[bodyStart..].ToString()));
        if (body.Length == 0)
        {
            diagnostics.Add(Rule.EmptyFile, Location.Start(file.FullPath));
            return null;
        }

        SourceBody.WithoutBlankEdges(text[bodyStart..], out var skipped);
        var blocks = Blocks(body, bodyLine + skipped);
        var title = blocks.FirstOrDefault(b => b.Heading is not null).Heading ?? Path.GetFileNameWithoutExtension(file.RelativePath);
        return new Document(file, front.Id ?? file.PathId, title, front, [.. Pieces(body, blocks)]);
    }

    /// <summary>Drops the lines at the end that the vocabulary knows as a footer: advertising links, a picture, rules.</summary>
    internal static string WithoutFooter(string text)
    {
        var lines = text.Split('\n');
        var kept = lines.Length;
        while (kept > 0 && Vocabulary.Default.DocumentFooter.Any(p => p.IsMatch(lines[kept - 1])))
        {
            kept--;
        }

        return kept == lines.Length ? text : string.Join('\n', lines.AsSpan(0, kept)!);
    }

    /// <summary>Cuts before every ATX heading outside code.</summary>
    private static List<Block> Blocks(string body, int firstLine)
    {
        var blocks = new List<Block>();
        var fence = default(CodeFence);
        int start = 0, line = firstLine, startLine = firstLine;
        string? heading = null;
        foreach (var range in body.AsSpan().Split('\n'))
        {
            var content = body.AsSpan()[range];
            var was = fence.IsOpen;
            fence = fence.After(content);
            if (!was && !fence.IsOpen && HeadingText(content) is { } found)
            {
                var at = range.Start.Value;
                if (!body.AsSpan(start, at - start).Trim().IsEmpty)
                {
                    blocks.Add(new Block(start, at, startLine, heading));
                }

                (start, startLine, heading) = (at, line, found);
            }

            line++;
        }

        blocks.Add(new Block(start, body.Length, startLine, heading));
        return blocks;
    }

    private static string? HeadingText(ReadOnlySpan<char> line)
    {
        var marks = line.IndexOfAnyExcept('#');
        return marks is >= 1 and <= 6 && line[marks] is ' ' or '\t' && line[marks..].Trim().TrimEnd('#').TrimEnd() is { Length: > 0 } text ? text.ToString() : null;
    }

    /// <summary>Joins neighbouring blocks while they fit, and cuts those that do not.</summary>
    private List<DocumentPiece> Pieces(string body, List<Block> blocks)
    {
        var pieces = new List<DocumentPiece>();
        for (var i = 0; i < blocks.Count;)
        {
            var last = i;
            while (last + 1 < blocks.Count && blocks[last + 1].End - blocks[i].Start <= maxLength)
            {
                last++;
            }

            var line = blocks[i].Line;
            for (int at = blocks[i].Start, end = blocks[last].End; at < end;)
            {
                var rest = body.AsSpan(at, end - at);
                var raw = rest.Length <= maxLength ? rest : rest[..Cut(rest)];
                var piece = SourceBody.WithoutBlankEdges(raw, out var blank).ToString();
                if (piece.Length > 0)
                {
                    pieces.Add(new DocumentPiece(blocks[i].Heading, piece, line + blank));
                }

                line += raw.Count('\n');
                at += raw.Length;
            }

            i = last + 1;
        }

        return pieces;
    }

    /// <summary>Where to cut a text that is too long: after a paragraph, else after a line, else between characters.</summary>
    private int Cut(ReadOnlySpan<char> text)
    {
        int paragraph = 0, endOfLine = 0;
        var fence = default(CodeFence);
        foreach (var range in text.Split('\n'))
        {
            var end = Math.Min(range.End.Value + 1, text.Length);
            if (end > maxLength)
            {
                break;
            }

            var line = text[range];
            fence = fence.After(line);
            endOfLine = end;
            if (!fence.IsOpen && line.IsBlank())
            {
                paragraph = end;
            }
        }

        return paragraph > 0 ? paragraph : endOfLine > 0 ? endOfLine : char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength;
    }
}
