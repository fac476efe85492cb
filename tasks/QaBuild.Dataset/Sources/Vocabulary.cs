using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace QaBuild.Dataset.Sources;

/// <summary>The words of the source format, read from <c>schema/vocabulary.json</c>.</summary>
public sealed class Vocabulary
{
    private static readonly Lazy<Vocabulary> Shared = new(() => new Vocabulary(Resources.Read("vocabulary.json")));

    // Plain dictionaries: building frozen ones takes a build longer than it gains by them.
    private readonly Dictionary<string, Section> _sections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Section>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly List<string> _headings = [];
    private readonly Dictionary<string, Level> _levels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _none;
    private readonly string[] _names = new string[7];
    private readonly string[] _latinNames = new string[7];
    private readonly int _longestAlias;
    private readonly int _longestNone;
    private readonly Lazy<IReadOnlyList<Regex>> _documentFooter;

    private Vocabulary(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        foreach (var property in root.GetProperty("sections").EnumerateObject())
        {
            var section = Enum.Parse<Section>(property.Name, ignoreCase: true);
            var aliases = Resources.Strings(property.Value);
            _names[(int)section] = aliases[0];
            _latinNames[(int)section] = Array.Find(aliases, a => Ascii.IsValid(a))!;
            foreach (var alias in aliases)
            {
                _sections[alias] = section;
                _sections[Fold(alias)] = section;
                _headings.AddRange([alias, Fold(alias)]);
                _longestAlias = Math.Max(_longestAlias, alias.Length);
            }
        }

        _exact = _sections.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var property in root.GetProperty("levels").EnumerateObject())
        {
            foreach (var alias in Resources.Strings(property.Value))
            {
                _levels[Fold(alias)] = Levels.Parse(property.Name)!.Value;
            }
        }

        _none = new HashSet<string>(StringComparer.Ordinal);
        foreach (var none in Resources.Strings(root.GetProperty("noRelatedQuestions")))
        {
            _none.Add(Fold(none));
            _longestNone = Math.Max(_longestNone, Fold(none).Length);
        }

        var footer = Resources.Strings(root.GetProperty("documentFooter"));
        _documentFooter = new Lazy<IReadOnlyList<Regex>>(() => [.. footer.Select(p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))]);
    }

    /// <summary>The words that this assembly carries.</summary>
    public static Vocabulary Default => Shared.Value;

    /// <summary>Lines that end a document and belong to no article.</summary>
    public IReadOnlyList<Regex> DocumentFooter => _documentFooter.Value;

    /// <summary>The section's heading as the specification writes it, or in Latin letters.</summary>
    public string NameOf(Section section, bool latin = false) => latin ? _latinNames[(int)section] : _names[(int)section];

    /// <summary>Every heading of a section; some may stand here twice.</summary>
    public IReadOnlyList<string> Headings => _headings;

    /// <summary>The section a heading's text names, or null.</summary>
    public Section? SectionOf(ReadOnlySpan<char> heading)
    {
        var text = heading.Trim();
        if (_exact.TryGetValue(text, out var section))
        {
            return section;
        }

        const int RoomForBlanks = 32;
        return text.Length <= _longestAlias + RoomForBlanks && _sections.TryGetValue(Fold(text.ToString()), out section) ? section : null;
    }

    /// <summary>The level that a section's text names, or null.</summary>
    public Level? LevelOf(string text) => text is [var letter] && Levels.Parse([letter]) is { } level
        ? level
        : _levels.TryGetValue(Fold(text), out var named) ? named : null;

    /// <summary>Whether a line of 关联问题 says that there are none.</summary>
    public bool SaysNone(string text) => text is "无" or "none" || (IsShort(text) && _none.Contains(Fold(text)));

    // Folding thousands of links would take longer than resolving them. A letter and its accents, of which folding makes one, count as two at most.
    private bool IsShort(string text)
    {
        var letters = 0;
        for (var i = 0; i < text.Length && letters <= 2 * _longestNone; i++)
        {
            letters += char.IsWhiteSpace(text[i]) ? 0 : 1;
        }

        return letters <= 2 * _longestNone;
    }

    /// <summary>NFKC, lower case, no blanks: what two spellings of one name share.</summary>
    public static string Fold(string text) => string.Concat(CompatibleForm.Of(text).ToLowerInvariant().Where(c => !char.IsWhiteSpace(c)));

}
