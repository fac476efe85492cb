using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Review;

/// <summary>What came of signing off.</summary>
/// <param name="Diagnostics">Why nothing was signed off; empty when all was.</param>
/// <param name="Written">Files with a new line.</param>
/// <param name="Current">Files that the reviewer had signed off already as they are.</param>
public sealed record SignOffResult(IReadOnlyList<Diagnostic> Diagnostics, int Written, int Current);

/// <summary>Writes lines of 校对信息: who signed off what a file says, and when. Nothing else of the file changes.</summary>
/// <param name="KbRoot">The folder that holds <c>job_*</c>.</param>
/// <param name="Reviewer">Who.</param>
/// <param name="Date">When.</param>
public sealed record SignOffWriter(string KbRoot, string Reviewer, DateOnly Date)
{
    /// <summary>Signs off all files, or none when there is something wrong with one.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public SignOffResult Sign(IReadOnlyCollection<string> files)
    {
        var diagnostics = new DiagnosticBag();
        if (ReviewerName.Of(Reviewer) is not { } name)
        {
            diagnostics.Add(Rule.ReviewerUnusable, Location.None, Reviewer);
            return new SignOffResult(diagnostics.Sorted(), 0, 0);
        }

        var (written, current) = (0, 0);
        using var outputs = new OutputFiles();
        foreach (var file in new SourceList(KbRoot, files, []).Sources)
        {
            if (Signed(file, name, diagnostics) is not { } content)
            {
                continue;
            }

            if (content.Length == 0)
            {
                current++;
            }
            else
            {
                outputs.Stage(file.FullPath, [content]);
                written++;
            }
        }

        var errors = diagnostics.Sorted().Where(d => d.Severity == Severity.Error).ToArray();
        if (errors.Length > 0)
        {
            return new SignOffResult(errors, 0, 0);
        }

        outputs.Commit();
        return new SignOffResult([], written, current);
    }

    // The file with its line; empty when it has it already, null when it cannot be signed off.
    private byte[]? Signed(SourceFile file, string name, DiagnosticBag diagnostics)
    {
        var reader = new SourceReader(KbRoot, diagnostics);
        var parser = new QaParser(diagnostics);
        var (bytes, unit) = reader.ReadBytes(file, (f, content) => Tuple.Create(content.ToArray(), reader.Decode(f, content, parser.Parse)?.Unit)) ?? Tuple.Create<byte[], QaUnit?>([], null);
        if (unit is null)
        {
            return null;
        }

        var mine = unit.SignOffs.FirstOrDefault(s => s.State is SignOffState.Current or SignOffState.Stale && SignOff.IsOf(s.Reviewer, name));
        return mine is { State: SignOffState.Current }
            ? []
            : Encoding.UTF8.GetBytes(WithLine(Encoding.UTF8.GetString(bytes), unit.Proofreading, mine, SignOff.Write(name, Date, ReviewHash.Of(unit))));
    }

    // The reviewer's own stale line gives way; others stay, and so does every line end.
    private static string WithLine(string text, SectionText proofreading, SignOff? mine, string signOff)
    {
        var lines = Lines(text);
        var heading = proofreading.Line - 1;
        var end = lines[0].EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        if (mine is not null)
        {
            var line = lines[mine.Line - 1];
            lines[mine.Line - 1] = line[..line.IndexOf(mine.Reviewer, StringComparison.Ordinal)] + signOff + line[line.TrimEnd('\r', '\n').Length..];
        }
        else if (proofreading.Text.Length == 0)
        {
            lines[heading] = lines[heading].TrimEnd('\r', '\n') + end;
            var isSpaced = heading + 1 < lines.Count && string.IsNullOrWhiteSpace(lines[heading + 1]);
            var isLast = heading + (isSpaced ? 2 : 1) >= lines.Count;
            lines.Insert(heading + (isSpaced ? 2 : 1), (isSpaced ? "" : end) + signOff + end + (isSpaced || isLast ? "" : end));
        }
        else
        {
            var last = proofreading.BodyLine - 2 + proofreading.Text.Split('\n').Length;
            var isNone = Vocabulary.Default.SaysNone(proofreading.Text);
            lines[last] = isNone ? signOff + end : lines[last].TrimEnd('\r', '\n') + end + signOff + end;
        }

        return string.Concat(lines);
    }

    // With their ends.
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var from = 0; from < text.Length;)
        {
            var at = text.AsSpan(from).IndexOfAny('\r', '\n');
            var to = at < 0 ? text.Length : text[from + at] == '\r' && from + at + 1 < text.Length && text[from + at + 1] == '\n' ? from + at + 2 : from + at + 1;
            lines.Add(text[from..to]);
            from = to;
        }

        return lines;
    }
}
