using System.Globalization;
using System.Text;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>Writes the help page of a code: what it means, an example of the fault and of its mend.</summary>
public static class HelpPage
{
    private static readonly Bilingual Severity = new("Severity: ", "严重程度：");
    private static readonly Bilingual Message = new("Message:", "消息：");
    private static readonly Bilingual Fault = new("Example", "示例");
    private static readonly Bilingual Mend = new("Mended", "修正后");
    private static readonly Bilingual With = new("Compiled with ", "编译选项：");
    private static readonly Bilingual Unchanged = new("As before: ", "其余不变：");
    private static readonly Bilingual Empty = new("(an empty file)", "（空文件）");

    /// <summary>Writes every page, in English and Chinese, into <paramref name="folder"/>.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void WriteAll(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var entry in Catalogue.Default.Entries)
        {
            File.WriteAllText(Path.Combine(folder, $"{entry.Code}.md"), Write(entry, CultureInfo.GetCultureInfo("en")));
            File.WriteAllText(Path.Combine(folder, $"{entry.Code}.zh-CN.md"), Write(entry, CultureInfo.GetCultureInfo("zh-CN")));
        }
    }

    /// <summary>The page in Markdown, in <paramref name="culture"/>'s language.</summary>
    public static string Write(CatalogueEntry entry, CultureInfo culture)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {entry.Code}: {entry.Title.In(culture)}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{Severity.In(culture)}{entry.Severity.ToString().ToLowerInvariant()}\n\n");

        // In a fence, since a message holds marks such as ## and <job> that Markdown would take for its own.
        page.Append(CultureInfo.InvariantCulture, $"{Message.In(culture)}\n\n````text\n{entry.Message.In(culture)}\n````\n\n{entry.Help.In(culture)}\n");
        if (entry.Example is { } example)
        {
            Write(page, Fault.In(culture), example.Options, culture);
            Write(page, example.Fault, culture);
            var same = example.Mend.Where(m => example.Fault.GetValueOrDefault(m.Key) == m.Value).Select(m => m.Key).ToHashSet();
            Write(page, Mend.In(culture), example.MendOptions, culture);
            Write(page, example.Mend.Where(m => !same.Contains(m.Key)), culture);
            if (same.Count > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n{Unchanged.In(culture)}{string.Join(" ", same.Select(p => $"`{p}`"))}\n");
            }
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, string title, IReadOnlyDictionary<string, string> options, CultureInfo culture)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n");
        if (options.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{With.In(culture)}{string.Join(" ", options.Select(o => $"`-p:{o.Key}={o.Value}`"))}\n");
        }
    }

    private static void Write(StringBuilder page, IEnumerable<KeyValuePair<string, string>> files, CultureInfo culture)
    {
        foreach (var (path, text) in files)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n`{path}`\n\n");
            page.Append(text.Length == 0 ? $"{Empty.In(culture)}\n" : $"````markdown\n{Visible(text)}{(text.EndsWith('\n') ? "" : "\n")}````\n");
        }
    }

    // What a finding is about must be seen: control characters as Unicode's pictures of them.
    private static string Visible(string text) => string.Concat(text.Select(c => c switch
    {
        '\n' or '\t' => c.ToString(),
        < ' ' => ((char)('\u2400' + c)).ToString(),
        '\u007f' => "\u2421",
        '\ufeff' => "[U+FEFF]",
        _ => c.ToString(),
    }));
}
