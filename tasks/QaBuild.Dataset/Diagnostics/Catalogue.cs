using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace QaBuild.Dataset.Diagnostics;

/// <summary>A text in English and Chinese.</summary>
/// <param name="En">English.</param>
/// <param name="Zh">Simplified Chinese.</param>
public sealed record Bilingual(string En, string Zh)
{
    /// <summary>The text in <paramref name="culture"/>'s language: Chinese for any zh culture, otherwise English.</summary>
    public string In(CultureInfo culture) => culture.TwoLetterISOLanguageName == "zh" ? Zh : En;

    /// <summary>The one of two texts that is in the user's language.</summary>
    /// <param name="english">English.</param>
    /// <param name="chinese">Simplified Chinese.</param>
    public static string Here(string english, string chinese) => new Bilingual(english, chinese).In(CultureInfo.CurrentUICulture);
}

/// <summary>What a finding looks like: sources that show the fault, and the same sources mended.</summary>
/// <param name="Options">Properties that <paramref name="Fault"/> is compiled with.</param>
/// <param name="Fault">Path below the KB to text.</param>
/// <param name="MendOptions">Properties that <paramref name="Mend"/> is compiled with: the same, unless they are the fault.</param>
/// <param name="Mend">Path below the KB to text: the same, when an option is the fault.</param>
public sealed record Example(
    IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, string> Fault, IReadOnlyDictionary<string, string> MendOptions, IReadOnlyDictionary<string, string> Mend);

/// <summary>An entry of the catalogue.</summary>
/// <param name="Rule">The finding it describes.</param>
/// <param name="Severity">Before the project's own settings.</param>
/// <param name="Title">A noun phrase.</param>
/// <param name="Message">With placeholders {0}, {1}, …</param>
/// <param name="Help">Why it matters and how to mend it, in Markdown.</param>
/// <param name="Example">Absent for what no source file alone can show.</param>
public sealed record CatalogueEntry(Rule Rule, Severity Severity, Bilingual Title, Bilingual Message, Bilingual Help, Example? Example)
{
    /// <summary>For example <c>QA1004</c>.</summary>
    public string Code => Catalogue.CodeOf(Rule);

    /// <summary>Whether a source may suppress it. Duplicates are errors only where the project wants them to be.</summary>
    public bool CanBeSuppressed => Severity != Severity.Error || Rule is Rule.SameQuestion or Rule.NearDuplicate or Rule.NearDuplicatePair;
}

/// <summary>The texts of all findings, read from <c>schema/diagnostics.json</c>; each when it is asked for, since a build says few of them.</summary>
public sealed class Catalogue
{
    private static readonly Lazy<Catalogue> Shared = new(() => new Catalogue(JsonDocument.Parse(Resources.Read("diagnostics.json")).RootElement));
    private readonly JsonElement _diagnosticTexts;
    private readonly JsonElement _phraseTexts;
    private readonly ConcurrentDictionary<string, CatalogueEntry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Bilingual> _phrases = new(StringComparer.Ordinal);

    private Catalogue(JsonElement root) => (_diagnosticTexts, _phraseTexts) = (root.GetProperty("diagnostics"), root.GetProperty("phrases"));

    /// <summary>The catalogue that this assembly carries.</summary>
    public static Catalogue Default => Shared.Value;

    /// <summary>All entries, by code.</summary>
    public IEnumerable<CatalogueEntry> Entries => _diagnosticTexts.EnumerateObject().Select(e => Entry(e.Name)).OrderBy(e => e.Rule);

    /// <summary>The entry of <paramref name="rule"/>.</summary>
    public CatalogueEntry this[Rule rule] => Entry(CodeOf(rule));

    /// <summary>For example <c>QA1004</c>.</summary>
    public static string CodeOf(Rule rule) => string.Create(CultureInfo.InvariantCulture, $"QA{(int)rule:D4}");

    /// <summary>The entry whose code is <paramref name="code"/> (letter case ignored), or null.</summary>
    public CatalogueEntry? Find(string code) => code.ToUpperInvariant() is var upper && _diagnosticTexts.TryGetProperty(upper, out _) ? Entry(upper) : null;

    /// <summary>The message of <paramref name="rule"/> with its placeholders filled.</summary>
    public string Format(Rule rule, IReadOnlyList<object> arguments, CultureInfo culture) =>
        Fill(this[rule].Message.In(culture), arguments, culture);

    /// <summary>A phrase in <paramref name="culture"/>'s language.</summary>
    public string Format(Phrase phrase, CultureInfo culture) => Fill(_phrases.GetOrAdd(phrase.Name, name => Text(_phraseTexts.GetProperty(name))).In(culture), phrase.Arguments, culture);

    private string Fill(string template, IReadOnlyList<object> arguments, CultureInfo culture)
    {
        // An argument with nothing to say takes the blank before it along.
        for (var i = 0; i < arguments.Count; i++)
        {
            template = arguments[i] is "" ? template.Replace($" {{{i}}}", "", StringComparison.Ordinal) : template;
        }

        return string.Format(CultureInfo.InvariantCulture, template, [.. arguments.Select(a => a switch
        {
            Phrase phrase => Format(phrase, culture),
            Diagnostic diagnostic => diagnostic.Message(culture),
            string text => OneLine(text),
            _ => a,
        })]);
    }

    // A message is one line whatever the source holds: what stands in a pull request must not forge a second finding.
    private static string OneLine(string text)
    {
        const int Longest = 300;
        var shown = text.Length > Longest ? string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest), "…") : text;
        return shown.AsSpan().ContainsAnyInRange('\0', '\u001f') || shown.AsSpan().ContainsAnyInRange('\u007f', '\u009f') || shown.AsSpan().ContainsAny('\u2028', '\u2029')
            ? string.Concat(shown.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c))
            : shown;
    }

    private CatalogueEntry Entry(string code) => _entries.GetOrAdd(code, c =>
    {
        var texts = _diagnosticTexts.GetProperty(c);
        var rule = (Rule)Enum.Parse(typeof(Rule), texts.GetProperty("name").GetString()!);
        return CodeOf(rule) != c
            ? throw new InvalidDataException($"diagnostics.json: {c} names the rule {rule}, whose code is {CodeOf(rule)}")
            : new CatalogueEntry(
                rule,
                (Severity)Enum.Parse(typeof(Severity), texts.GetProperty("severity").GetString()!, ignoreCase: true),
                Text(texts.GetProperty("title")),
                Text(texts.GetProperty("message")),
                Text(texts.GetProperty("help")),
                texts.TryGetProperty("example", out var example) ? ExampleOf(example) : null);
    });

    private static Bilingual Text(JsonElement element) => new(Lines(element.GetProperty("en")), Lines(element.GetProperty("zh")));

    private static string Lines(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? string.Join('\n', Resources.Strings(element)) : element.GetString()!;

    private static Example ExampleOf(JsonElement element)
    {
        var (options, fault) = (Map(element, "options") ?? [], Map(element, "fault") ?? []);
        return new Example(options, fault, Map(element, "mendOptions") ?? options, Map(element, "mend") ?? fault);
    }

    private static Dictionary<string, string>? Map(JsonElement element, string name) =>
        element.TryGetProperty(name, out var map) ? map.EnumerateObject().ToDictionary(p => p.Name, p => Lines(p.Value)) : null;
}
