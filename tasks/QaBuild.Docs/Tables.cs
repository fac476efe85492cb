using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Docs;

/// <summary>The tables of a README, in its language.</summary>
internal sealed class Tables(CultureInfo language)
{
    public string Properties(BuildSurface surface)
    {
        var text = new StringBuilder();
        foreach (var group in surface.Declarations.Where(d => d.Kind == DeclarationKind.Property).GroupBy(d => d.Group))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {group.Key.In(language)}\n\n");
            Table(text, group.Select(WithDefault), Say("property", "属性"), Say("default", "默认值"), Say("meaning", "含义"));
        }

        return text.ToString();
    }

    public string Items(BuildSurface surface) =>
        Table(surface.Declarations.Where(d => d.Kind == DeclarationKind.Item).Select(WithDefault), Say("item", "项"), Say("default", "默认"), Say("meaning", "含义"));

    public string Targets(BuildSurface surface) =>
        Table(surface.Declarations.Where(d => d.Kind == DeclarationKind.Target).Select(d => new[] { Names(d), d.Meaning.In(language) }), Say("target", "目标"), Say("meaning", "含义"));

    /// <summary>The verbs of the tool, as System.CommandLine has them.</summary>
    public string Verbs()
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = language;
        try
        {
            return Table(QaBuild.Tool.Verbs.Shown(QaBuild.Tool.Verbs.Root()).Select(v => new[] { $"`{Usage(v.Name, v.Verb)}`", v.Verb.Description ?? "" }), Say("verb", "动词"), Say("meaning", "含义"));
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    public string Ranges()
    {
        using var catalogue = JsonDocument.Parse(Resource("schema/diagnostics.json"));
        return Table(
            catalogue.RootElement.GetProperty("ranges").EnumerateObject().Select(r => new[] { r.Name, r.Value.GetProperty(language.TwoLetterISOLanguageName).GetString()! }),
            Say("codes", "代码"),
            Say("about", "关于"));
    }

    public string Codes() =>
        Table(Catalogue.Default.Entries.Select(e => new[] { e.Code, Severity(e.Severity), e.Title.In(language) }), Say("code", "代码"), Say("severity", "级别"), Say("what it says", "含义"));

    private static string Names(Declaration declaration) => string.Join(", ", declaration.Names.Select(n => $"`{n}`"));

    /// <summary>Name, arguments, and the options that must be given; the help of the verb has the others.</summary>
    private static string Usage(string name, Command command)
    {
        var parts = new List<string> { name };
        parts.AddRange(command.Arguments.Where(a => !a.Hidden).Select(a => a.Arity.MinimumNumberOfValues > 0 && !a.HasDefaultValue ? Placeholder(a.Name) : $"[{Placeholder(a.Name)}]"));
        parts.AddRange(command.Options.Where(o => o.Required && !o.Hidden).Select(o => $"{o.Name} {Placeholder(o.Name.TrimStart('-'))}"));
        if (command.Options.Any(o => !o.Required && !o.Hidden))
        {
            parts.Add("[options]");
        }

        return string.Join(' ', parts);
    }

    private static string Placeholder(string name) => name.ToUpperInvariant();

    private static string Table(IEnumerable<string[]> rows, params string[] heads) => Table(new StringBuilder(), rows, heads).ToString();

    private static StringBuilder Table(StringBuilder text, IEnumerable<string[]> rows, params string[] heads)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", heads)} |\n|{string.Concat(heads.Select(_ => "---|"))}\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }

        return text.Append('\n');
    }

    private static Stream Resource(string name) => typeof(Catalogue).Assembly.GetManifestResourceStream(name)!;

    private string[] WithDefault(Declaration declaration) => [Names(declaration), declaration.Default?.In(language) ?? Say("none", "无"), declaration.Meaning.In(language)];

    private string Severity(Severity severity) => severity switch
    {
        Dataset.Diagnostics.Severity.Error => Say("error", "错误"),
        Dataset.Diagnostics.Severity.Warning => Say("warning", "警告"),
        _ => Say("info", "提示"),
    };

    private string Say(string english, string chinese) => new Bilingual(english, chinese).In(language);
}
