using System.Globalization;
using System.Text;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>Writes the help page of a code: what it means, an example of the fault and of its mend.</summary>
public static class HelpPage
{
    private static readonly Bilingual Severity = new("Severity", "严重程度");
    private static readonly Bilingual Message = new("Message", "消息");
    private static readonly Bilingual Fault = new("Example", "示例");
    private static readonly Bilingual Mend = new("Mended", "修正后");
    private static readonly Bilingual With = new("Compiled with", "编译选项");

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
        page.Append(CultureInfo.InvariantCulture, $"{Severity.In(culture)}: {entry.Severity.ToString().ToLowerInvariant()}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{Message.In(culture)}: {entry.Message.In(culture)}\n\n{entry.Help.In(culture)}\n");
        if (entry.Example is { } example)
        {
            if (example.Options.Count > 0)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n{With.In(culture)}: {string.Join(" ", example.Options.Select(o => $"`-p:{o.Key}={o.Value}`"))}\n");
            }

            Write(page, Fault.In(culture), example.Fault);
            Write(page, Mend.In(culture), example.Mend);
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, string title, IReadOnlyDictionary<string, string> files)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n");
        foreach (var (path, text) in files)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n`{path}`\n\n````markdown\n{text}{(text.EndsWith('\n') ? "" : "\n")}````\n");
        }
    }
}
