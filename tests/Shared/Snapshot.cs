using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace QaBuild.Tests;

/// <summary>
/// Compares a text with the one that was accepted, <c>{Class}.{Method}.verified.{ext}</c> beside the test's source. What differs is written to
/// <c>.received.</c> beside it; renaming that file accepts it.
/// </summary>
internal static partial class Snapshot
{
    /// <summary>Fails unless <paramref name="actual"/> is what was accepted.</summary>
    /// <param name="actual">Paths of the checkout and of temporary folders, line ends and times in it do not matter, except in jsonl.</param>
    /// <param name="extension">Without its dot; <c>jsonl</c> is compared byte for byte.</param>
    /// <param name="source">The test's source file; its name is that of the class.</param>
    /// <param name="method">The test.</param>
    public static void Match(string actual, string extension = "txt", [CallerFilePath] string source = "", [CallerMemberName] string method = "") =>
        MatchFile(actual, Path.Combine(Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}.{method}.verified.{extension}"));

    /// <summary>As <see cref="Match"/>, for a file ….verified.….</summary>
    public static void MatchFile(string actual, string verified)
    {
        var exact = verified.EndsWith(".jsonl", StringComparison.Ordinal);
        var text = exact ? actual : Scrubbed(actual);
        var bytes = new UTF8Encoding(false).GetBytes(text);
        var accepted = File.Exists(verified) ? File.ReadAllBytes(verified) : null;
        var received = Regex.Replace(verified, @"\.verified\.(?=[^.]*$)", ".received.");
        if (accepted is not null && (exact ? bytes.AsSpan().SequenceEqual(accepted) : text == WithLineFeeds(Encoding.UTF8.GetString(accepted))))
        {
            File.Delete(received);
            return;
        }

        File.WriteAllBytes(received, bytes);
        Assert.Fail(
            $"{(accepted is null ? "Nothing was accepted yet." : "The text is not the accepted one.")} To accept it: mv '{received}' '{verified}'\n"
            + (accepted is null ? "" : Difference(Encoding.UTF8.GetString(accepted), text)));
    }

    private static string Scrubbed(string text)
    {
        var temporary = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        text = WithLineFeeds(text)
            .Replace(Path.TrimEndingDirectorySeparator(Repository.Root), "{repository}", StringComparison.Ordinal);
        text = Regex.Replace(text, Regex.Escape(temporary) + @"[/\\][A-Za-z]+-[A-Za-z0-9]+", "{folder}");
        return TimeOfDay().Replace(text, "{time}");
    }

    private static string WithLineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The lines that differ, and two on either side.</summary>
    private static string Difference(string accepted, string actual)
    {
        const int Around = 2;
        var lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(accepted, actual, ignoreWhitespace: false).Lines;
        bool Changed(int line) => line >= 0 && line < lines.Count && lines[line].Type != ChangeType.Unchanged;
        var shown = Enumerable.Range(0, lines.Count).Where(i => Enumerable.Range(i - Around, 1 + (2 * Around)).Any(Changed)).ToArray();
        if (shown.Length == 0)
        {
            return "Only line ends or a byte order mark differ.";
        }

        var text = new StringBuilder();
        for (var i = 0; i < shown.Length; i++)
        {
            text.Append(i > 0 && shown[i] > shown[i - 1] + 1 ? "  …\n" : "");
            var mark = lines[shown[i]].Type switch { ChangeType.Inserted => "+ ", ChangeType.Deleted => "- ", _ => "  " };
            text.Append(mark).Append(lines[shown[i]].Text).Append('\n');
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?", RegexOptions.CultureInvariant)]
    private static partial Regex TimeOfDay();
}
