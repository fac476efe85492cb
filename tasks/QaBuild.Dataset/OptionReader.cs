using System.Collections.Immutable;
using System.Globalization;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset;

/// <summary>Reads options from MSBuild properties: names and values as text. An empty value is the default.</summary>
public sealed class OptionReader
{
    private readonly IReadOnlyDictionary<string, string> _values;
    private readonly DiagnosticBag _diagnostics;

    private OptionReader(IReadOnlyDictionary<string, string> values, DiagnosticBag diagnostics)
    {
        _values = values;
        _diagnostics = diagnostics;
    }

    /// <summary>Every name that <see cref="Read(string, IReadOnlyDictionary{string, string}, DiagnosticBag)"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "DatasetFormat", "PromptFeature", "CompletionFeature", "PromptTemplate", "SystemPrompt", "ChainTurns", "ParaphraseRows", "CurriculumOrder",
        "SplitRatio", "SplitSeed", "EosToken", "EosOn", "BaseModel", "DocumentFormat", "MaxDocumentLength",
        "AllowedContent", "MaxSequenceLength", "BoilerplateLimit", "AnswerLengthLimit", "DuplicateAction", "DuplicateErrorThreshold", "DuplicateWarnThreshold", "SemanticModel", "SemanticThreshold",
        "IncludeJob", "IncludeSkill", "IncludeLevel", "IncludeTag", "IncludeLanguage",
        "ExcludeJob", "ExcludeSkill", "ExcludeLevel", "ExcludeTag", "ExcludeLanguage",
        "MaxShareOfJob", "MaxShareOfSkill", "MaxShareOfLevel", "MaxShareOfLanguage", "MaxShareOfOpening", "MaxShareOfAnswerLength", "MinShareOfNegatives", "RequireReviews",
        "NoWarn", "WarningsAsErrors", "WarningsNotAsErrors", "TreatWarningsAsErrors",
    ];

    /// <summary>Whether an option only judges what was made of the sources, and changes nothing in it.</summary>
    internal static bool JudgesOnly(string name) =>
        name.StartsWith("Duplicate", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Semantic", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("MaxShareOf", StringComparison.OrdinalIgnoreCase) || name.StartsWith("MinShareOf", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Split", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Require", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Limit", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("AsErrors", StringComparison.OrdinalIgnoreCase) || name.Equals("NoWarn", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the options; a value that cannot be read is a finding, and its default stands in.</summary>
    public static CompilationOptions Read(string kbRoot, IReadOnlyDictionary<string, string> values, DiagnosticBag diagnostics)
    {
        foreach (var unknown in values.Keys.Except(Names, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal))
        {
            diagnostics.Add(Rule.BadOption, Location.None, unknown, values[unknown], new Phrase("OptionUnknown", Nearest.Phrase(unknown, Names)));
        }

        return new OptionReader(values, diagnostics).Read(kbRoot);
    }

    private CompilationOptions Read(string kbRoot)
    {
        var options = new CompilationOptions
        {
            KbRoot = kbRoot,
            Format = Choice<DatasetFormat>("DatasetFormat"),
            PromptFeature = Text("PromptFeature") ?? "prompt",
            CompletionFeature = Text("CompletionFeature") ?? "completion",
            PromptTemplate = Template(),
            SystemPrompt = Text("SystemPrompt"),
            ChainTurns = Flag("ChainTurns"),
            ParaphraseRows = Number("ParaphraseRows", int.MaxValue, 0),
            CurriculumOrder = Choice<CurriculumOrder>("CurriculumOrder"),
            SplitRatio = Text("SplitRatio") is { } ratio ? Ratio(ratio) : SplitRatio.Default,
            SplitSeed = Text("SplitSeed") ?? "0",
            EosToken = Text("EosToken"),
            EosOn = Text("EosOn") is null ? null : Choice<EosPlacement>("EosOn"),
            BaseModel = Text("BaseModel"),
            DuplicateAction = Choice<DuplicateAction>("DuplicateAction"),
            DuplicateErrorThreshold = DuplicateThreshold("DuplicateErrorThreshold", TextSimilarity.ErrorThreshold),
            DuplicateWarnThreshold = DuplicateThreshold("DuplicateWarnThreshold", TextSimilarity.WarnThreshold),
            SemanticModel = Text("SemanticModel"),
            SemanticThreshold = Similarity("SemanticThreshold", SemanticSimilarity.DefaultThreshold),
            DocumentFormat = Choice<DocumentFormat>("DocumentFormat"),
            MaxDocumentLength = Number("MaxDocumentLength", 4000, 100),
            AllowedContent = List("AllowedContent"),
            MaxSequenceLength = Number("MaxSequenceLength", int.MaxValue, 1),
            BoilerplateLimit = Number("BoilerplateLimit", 10, 2),
            AnswerLengthLimit = Number("AnswerLengthLimit", 6, 0),
            Include = Filter("Include"),
            Exclude = Filter("Exclude"),
            Balance = new BalanceLimits
            {
                MaxShareOfJob = Percent("MaxShareOfJob", 100),
                MaxShareOfSkill = Percent("MaxShareOfSkill", 100),
                MaxShareOfLevel = Percent("MaxShareOfLevel", 100),
                MaxShareOfLanguage = Percent("MaxShareOfLanguage", 100),
                MaxShareOfOpening = Percent("MaxShareOfOpening", 100),
                MaxShareOfAnswerLength = Percent("MaxShareOfAnswerLength", 100),
                MinShareOfNegatives = Percent("MinShareOfNegatives", 0),
            },
            Reviews = Reviews(),
            Policy = new DiagnosticPolicy
            {
                NoWarn = DiagnosticPolicy.Codes(Text("NoWarn")),
                WarningsAsErrors = DiagnosticPolicy.Codes(Text("WarningsAsErrors")),
                WarningsNotAsErrors = DiagnosticPolicy.Codes(Text("WarningsNotAsErrors")),
                TreatWarningsAsErrors = Flag("TreatWarningsAsErrors"),
            },
        };
        if (options.DuplicateWarnThreshold > options.DuplicateErrorThreshold && options.DuplicateWarnThreshold < 1)
        {
            Bad("DuplicateWarnThreshold", options.DuplicateWarnThreshold.ToString(CultureInfo.InvariantCulture), new Phrase("OptionThresholdOrder", options.DuplicateErrorThreshold.ToString(CultureInfo.InvariantCulture)));
        }

        if (options.PromptFeature == options.CompletionFeature)
        {
            Bad("CompletionFeature", options.CompletionFeature, new Phrase("OptionSameFeature", options.PromptFeature));
        }

        return options;
    }

    private string? Text(string name) => _values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    private T Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name)?.Trim() is not { } text)
        {
            return default;
        }

        // Not the generic way: it would be compiled anew for each option in each build.
        if (Enum.TryParse(typeof(T), text, ignoreCase: true, out var value) && !char.IsAsciiDigit(text[0]) && Enum.IsDefined(typeof(T), value))
        {
            return (T)value;
        }

        Bad(name, text, new Phrase("OptionOneOf", string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))));
        return default;
    }

    private bool Flag(string name)
    {
        if (Text(name)?.Trim() is not { } text || bool.TryParse(text, out var value) && !value)
        {
            return false;
        }

        if (!text.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            Bad(name, text, new Phrase("OptionOneOf", "true, false"));
        }

        return true;
    }

    private int Number(string name, int absent, int smallest)
    {
        if (Text(name)?.Trim() is not { } text)
        {
            return absent;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= smallest)
        {
            return value;
        }

        Bad(name, text, new Phrase("OptionNumber", smallest));
        return absent;
    }

    private int Percent(string name, int absent)
    {
        if (Text(name)?.Trim() is not { } text)
        {
            return absent;
        }

        if (int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 100)
        {
            return value;
        }

        Bad(name, text, new Phrase("OptionPercent"));
        return absent;
    }

    // At and below the similarity of twins, texts that differ in a number or a name would count as duplicates.
    private double DuplicateThreshold(string name, double absent)
    {
        var threshold = Similarity(name, absent);
        if (threshold > TextSimilarity.MostOfTwins)
        {
            return threshold;
        }

        Bad(name, Text(name)!, new Phrase("OptionThreshold", TextSimilarity.MostOfTwins.ToString(CultureInfo.InvariantCulture)));
        return absent;
    }

    private double Similarity(string name, double absent)
    {
        if (Text(name)?.Trim() is not { } text)
        {
            return absent;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1)
        {
            return value;
        }

        Bad(name, text, new Phrase("OptionSimilarity"));
        return absent;
    }

    private SplitRatio Ratio(string text)
    {
        if (SplitRatio.Parse(text) is { } ratio)
        {
            return ratio;
        }

        Bad("SplitRatio", text, new Phrase("OptionRatio"));
        return SplitRatio.Default;
    }

    private ReviewRequirement Reviews()
    {
        if (Text("RequireReviews") is not { } text)
        {
            return ReviewRequirement.None;
        }

        if (ReviewRequirement.Parse(text) is { } requirement)
        {
            return requirement;
        }

        Bad("RequireReviews", text, new Phrase("OptionReviews", string.Join(", ", ReviewRequirement.Names)));
        return ReviewRequirement.None;
    }

    private string? Template()
    {
        if (Text("PromptTemplate") is not { } text)
        {
            return null;
        }

        // A property on a command line cannot hold a line end; \n stands for one.
        var template = TextLines.WithLineFeeds(text.Replace("\\n", "\n", StringComparison.Ordinal));
        var unknown = Emission.PromptTemplate.UnknownPlaceholders(template).ToArray();
        if (unknown.Length > 0)
        {
            Bad("PromptTemplate", template, new Phrase("OptionPlaceholder", string.Join(", ", unknown), string.Join(", ", Emission.PromptTemplate.Placeholders)));
        }
        else if (!template.Contains("{question}", StringComparison.Ordinal))
        {
            Bad("PromptTemplate", template, new Phrase("OptionNoQuestion"));
        }

        return template;
    }

    private ImmutableArray<string> List(string name) => [.. (Text(name) ?? "").Split([';', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private UnitFilter Filter(string prefix)
    {
        ImmutableArray<string> Among(string name, string[] valid)
        {
            var list = List(prefix + name);
            foreach (var value in list.Except(valid))
            {
                Bad(prefix + name, value, new Phrase("OptionOneOf", string.Join(", ", valid)));
            }

            return list;
        }

        return new UnitFilter(List(prefix + "Job"), List(prefix + "Skill"), Among("Level", ["l", "m", "h"]), List(prefix + "Tag"), Among("Language", ["zh", "en"]));
    }

    private void Bad(string name, string value, Phrase reason) => _diagnostics.Add(Rule.BadOption, Location.None, name, value, reason);
}
