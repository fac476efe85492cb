using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Docs;

/// <summary>The properties, items and targets that a project may use: every name in the files of <c>build/</c> without an underscore before it.</summary>
public sealed partial class BuildSurface
{
    /// <summary>The order in which a reader needs them; others follow by name.</summary>
    private static readonly string[] Order = ["Sdk.props", "Sdk.targets", "Options.targets", "Compile.targets", "Model.targets", "Review.targets"];

    private readonly List<Declaration> _declarations = [];
    private readonly List<string> _faults = [];
    private readonly Dictionary<(DeclarationKind Kind, string Name), string> _used = [];

    private BuildSurface()
    {
    }

    /// <summary>All that is explained, in order.</summary>
    public IReadOnlyList<Declaration> Declarations => _declarations;

    /// <summary>What is not explained, or explained wrongly, each with its place and its mend.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Reads every <c>.props</c> and <c>.targets</c> of a folder.</summary>
    public static BuildSurface Read(string folder)
    {
        var surface = new BuildSurface();
        var files = Directory.GetFiles(folder).Where(f => Path.GetExtension(f) is ".props" or ".targets").Select(f => Path.GetFileName(f))
            .OrderBy(n => Array.IndexOf(Order, n) is var at && at < 0 ? Order.Length : at).ThenBy(n => n, StringComparer.Ordinal);
        foreach (var name in files)
        {
            surface.Add($"{Path.GetFileName(folder)}/{name}", XDocument.Load(Path.Combine(folder, name), LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace));
        }

        surface.Compare();
        return surface;
    }

    private static bool IsPrivate(string name) =>
        name.StartsWith('_') || name.StartsWith("MSBuild", StringComparison.Ordinal) || name.EndsWith("DependsOn", StringComparison.Ordinal) || name is "DesignTimeBuild" or "Watch" or "DotNetWatchBuild" or "CustomAfterMicrosoftCommonTargets";

    private static string Place(string file, XObject node) => $"{file}({((IXmlLineInfo)node).LineNumber})";

    private void Add(string file, XDocument document)
    {
        var group = new Bilingual(file, file);
        foreach (var node in document.DescendantNodes())
        {
            if (node is XComment comment && DeclarationComment.Parse(comment.Value) is { } parsed)
            {
                group = parsed["group"] is { } name ? new Bilingual(name, parsed["group zh"] ?? name) : group;
                Explain(file, comment, parsed, group);
            }
            else if (node is XElement element)
            {
                Use(file, element);
            }
        }
    }

    private void Explain(string file, XComment comment, DeclarationComment parsed, Bilingual group)
    {
        if (parsed["en"] is null && parsed["zh"] is null && parsed["group"] is not null)
        {
            return;
        }

        if (parsed["en"] is not { Length: > 0 } en || parsed["zh"] is not { Length: > 0 } zh)
        {
            _faults.Add($"{Place(file, comment)}: the comment needs both a line 'en: …' and a line 'zh: …', see the head of build/Sdk.targets");
            return;
        }

        var next = comment.ElementsAfterSelf().FirstOrDefault();
        var (kind, names) = parsed["property"] is { } properties ? (DeclarationKind.Property, properties)
            : parsed["item"] is { } items ? (DeclarationKind.Item, items)
            : parsed["target"] is { } targets ? (DeclarationKind.Target, targets)
            : next is null ? (DeclarationKind.Property, "")
            : Declared(next);
        _declarations.Add(new Declaration(
            kind,
            names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            parsed["default"] is { } value ? new Bilingual(value, parsed["default zh"] ?? value) : null,
            new Bilingual(en, zh),
            group));
        foreach (var name in _declarations[^1].Names.Where(IsPrivate))
        {
            _faults.Add($"{Place(file, comment)}: '{name}' is private; begin the comment with 'property: NAME', 'item: NAME' or 'target: NAME' to say what it explains");
        }
    }

    private static (DeclarationKind Kind, string Name) Declared(XElement element) =>
        element.Name.LocalName == "Target" ? (DeclarationKind.Target, element.Attribute("Name")!.Value)
        : element.Name.LocalName == "_DatasetOption" ? (DeclarationKind.Property, element.Attribute("Include")!.Value)
        : (element.Parent?.Name.LocalName == "ItemGroup" ? DeclarationKind.Item : DeclarationKind.Property, element.Name.LocalName);

    private void Use(string file, XElement element)
    {
        if (element.Name.LocalName == "Target" || element.Parent?.Name.LocalName is "PropertyGroup" or "ItemGroup")
        {
            Use(file, element, Declared(element));
        }

        foreach (var text in element.Attributes().Select(a => a.Value).Concat(element.Nodes().OfType<XText>().Select(t => t.Value)))
        {
            foreach (Match match in PropertyUse().Matches(text))
            {
                Use(file, element, (DeclarationKind.Property, match.Groups[1].Value));
            }

            foreach (Match match in ItemUse().Matches(text))
            {
                Use(file, element, (DeclarationKind.Item, match.Groups[1].Value));
            }
        }
    }

    private void Use(string file, XElement element, (DeclarationKind Kind, string Name) what)
    {
        if (!IsPrivate(what.Name))
        {
            _used.TryAdd(what, Place(file, element));
        }
    }

    private void Compare()
    {
        var explained = _declarations.SelectMany(d => d.Names.Select(n => (d.Kind, Name: n))).ToList();
        _faults.AddRange(_used.Where(u => !explained.Contains(u.Key)).Select(u =>
            $"{u.Value}: the {u.Key.Kind.ToString().ToLowerInvariant()} '{u.Key.Name}' is public and not explained; write a comment with lines 'default: …', 'en: …' and 'zh: …' right above its declaration "
            + "(or name it with an underscore), see the head of build/Sdk.targets"));
        _faults.AddRange(explained.Where(e => !IsPrivate(e.Name) && !_used.ContainsKey(e)).Select(e => $"build/: the {e.Kind.ToString().ToLowerInvariant()} '{e.Name}' is explained and does not exist"));
        _faults.AddRange(explained.GroupBy(e => e).Where(g => g.Count() > 1).Select(g => $"build/: the {g.Key.Kind.ToString().ToLowerInvariant()} '{g.Key.Name}' is explained twice"));
    }

    [GeneratedRegex(@"\$\(([A-Za-z_]\w*)(?=[).])", RegexOptions.CultureInvariant)]
    private static partial Regex PropertyUse();

    [GeneratedRegex(@"@\(([A-Za-z_]\w*)(?=[)-])", RegexOptions.CultureInvariant)]
    private static partial Regex ItemUse();
}
