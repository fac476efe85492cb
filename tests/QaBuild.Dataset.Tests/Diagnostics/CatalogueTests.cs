using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Diagnostics;

public sealed partial class CatalogueTests
{
    private static readonly CultureInfo[] Cultures = [CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("zh-CN")];

    // They need bytes that are no text, other rights, a link, dozens of files, a file that is no source, or a fault of ours; their help says how to see them.
    private static readonly Rule[] BeyondText =
    [
        Rule.InternalFault, Rule.InvalidUtf8, Rule.NulCharacter, Rule.FileTooLarge, Rule.FileUnreadable, Rule.LeavesRoot, Rule.OutputUnwritable, Rule.RowViolatesSchema, Rule.SdkTooOld,
        Rule.SemanticDuplicate, Rule.BenchmarkOverlap, Rule.BenchmarkUnreadable, Rule.BenchmarkNearDuplicate, Rule.FileLeak, Rule.AnswerLength, Rule.SnapshotDiffers,
        Rule.SnapshotMissing, Rule.SnapshotUnreadable, Rule.ReviewerUnusable, Rule.RefUnknown, Rule.HistoryShallow, Rule.GitUnusable, Rule.TreeEntrySkipped,
        Rule.ReportLibrariesMissing, Rule.ReportInputUnreadable,
        Rule.SemanticModelUnusable, Rule.ModelFileMalformed, Rule.ArchitectureUnsupported, Rule.TokenizerUnsupported,
        Rule.BaseModelUnusable, Rule.LlamaCppMissing, Rule.NativeCrash, Rule.ModelNotLoaded, Rule.AdapterUnusable, Rule.TokensUncounted,
        Rule.RecipeUnusable, Rule.RecipeKeyUnknown, Rule.RecipeKeyIgnored, Rule.TrainingRowMalformed, Rule.TrainingRowNoAnswer, Rule.TrainingRowNoTerminator, Rule.TrainingRowTooLong,
        Rule.TrainingDataMissing, Rule.TrainingDiverged, Rule.TrainingMemory, Rule.TrainingMemoryTight, Rule.TrainerFailed, Rule.TrainingSetting, Rule.TrainingRowsCut, Rule.TrainingUnderWay,
        Rule.AdapterHasNoGguf, Rule.EvaluationGate,
        Rule.OllamaUnreachable,
        Rule.OllamaRefused,
        Rule.QuantizationImpossible, Rule.WeightsNotFinite, Rule.QuantizationFallsBack, Rule.AnswerGateFailed, Rule.GateHasNoQuestions, Rule.PackagingSetting,
        Rule.ChatTemplateUnknown, Rule.ChatTemplateUnfit, Rule.ConversationUnwritable, Rule.ModelfileSyntax, Rule.ModelfileUnwritable,
    ];

    private static readonly Rule[] AboutWholeFiles = [Rule.NotAQaPath, Rule.LevelInName, Rule.NumberInName, Rule.EmptyFile];

    private static readonly Rule[] AboutTheBuild = [Rule.NoSources, Rule.BadOption, Rule.SplitMinimum, Rule.EmptySplit, Rule.Unbalanced, Rule.EosNotFound];

    private static readonly string[] Parts = ["title", "message", "help"];

    public static TheoryData<string> Codes => [.. Catalogue.Default.Entries.Select(e => e.Code)];

    public static TheoryData<string> CodesWithExample => [.. Catalogue.Default.Entries.Where(e => e.Example is not null).Select(e => e.Code)];

    [Fact]
    public void Every_rule_has_one_entry_and_every_entry_a_rule()
    {
        using var json = Json();
        var entries = json.RootElement.GetProperty("diagnostics").EnumerateObject().Select(p => $"{p.Name} {p.Value.GetProperty("name").GetString()}");

        Assert.Equal(Enum.GetValues<Rule>().Select(r => $"{Catalogue.CodeOf(r)} {r}"), entries);
    }

    [Fact]
    public void A_code_is_QA_and_four_digits_of_a_known_range_and_codes_are_in_order()
    {
        var numbers = Catalogue.Default.Entries.Select(e => e.Code).Select(c => Assert.Single(CodeShape().Matches(c)).Groups[1].Value).Select(int.Parse).ToArray();

        Assert.All(numbers, n => Assert.True(n == 0 || n / 1000 is >= 1 and <= 8, $"QA{n:D4} is in no range of ARCHITECTURE.md"));
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    [Fact]
    public void A_released_code_keeps_its_meaning()
    {
        var released = File.ReadAllLines(Repository.Path("tests", "QaBuild.Dataset.Tests", "Diagnostics", "released-codes.txt"));

        Assert.Empty(released.Except(Enum.GetValues<Rule>().Select(r => $"{Catalogue.CodeOf(r)} {r}")));
    }

    [Fact]
    public void Every_text_stands_in_English_and_in_Chinese_with_the_same_placeholders()
    {
        Assert.All(Texts(), text =>
        {
            Assert.False(string.IsNullOrWhiteSpace(text.En), $"{text.Name} has no English text");
            Assert.DoesNotMatch(Han(), OtherThanSectionNames(text.En));
            Assert.True(Han().IsMatch(text.Zh), $"{text.Name} has no Chinese text: '{text.Zh}'");
            Assert.Equal(PlaceholdersOf(text.En), PlaceholdersOf(text.Zh));
        });
    }

    [Fact]
    public void Placeholders_of_a_message_are_numbered_from_zero() =>
        Assert.All(Texts().Where(t => !t.Name.EndsWith(".help", StringComparison.Ordinal)), t => Assert.Equal(Enumerable.Range(0, PlaceholdersOf(t.En).Length), PlaceholdersOf(t.En)));

    [Fact]
    public void A_help_text_has_sentences_and_no_more_than_a_screen() =>
        Assert.All(Catalogue.Default.Entries.SelectMany(e => Cultures.Select(c => (e.Code, Help: e.Help.In(c)))), h =>
        {
            Assert.InRange(SentenceEnd().Count(h.Help), 2, 8);
            Assert.True(h.Help.Length < 900, $"{h.Code} has {h.Help.Length} characters of help");
        });

    [Fact]
    public void Every_phrase_that_the_code_uses_exists()
    {
        var missing = Sources()
            .SelectMany(s => (s.Name == "SchemaGate.cs" ? NewInSchemaGate() : NewPhrase()).Matches(s.Text))
            .SelectMany(m => m.Groups["name"].Captures.Select(c => c.Value))
            .Except(PhraseNames());

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_phrase_of_the_catalogue_is_used()
    {
        var literals = Sources().SelectMany(s => Literal().Matches(s.Text)).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.All(PhraseNames(), p => Assert.Contains(p, literals));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_message_takes_its_arguments_in_either_language(string code)
    {
        var entry = Catalogue.Default.Find(code)!;
        object[] arguments = [.. PlaceholdersOf(entry.Message.En).Select(i => $"argument {i}")];

        Assert.All(Cultures, culture =>
        {
            var message = Catalogue.Default.Format(entry.Rule, arguments, culture);
            Assert.All(arguments, a => Assert.Contains((string)a, message, StringComparison.Ordinal));
            Assert.Equal(culture.Name == "zh-CN", Han().IsMatch(OtherThanSectionNames(message)));
        });
    }

    [Fact]
    public void An_argument_with_nothing_to_say_leaves_no_blank_behind()
    {
        Assert.EndsWith("of its own.", Catalogue.Default.Format(Rule.MissingSection, ["答案", ""], Cultures[0]), StringComparison.Ordinal);
        Assert.Contains("known here. Valid keys", Catalogue.Default.Format(Rule.UnknownKey, ["a", "", "b"], Cultures[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_no_text_can_show_is_without_an_example() =>
        Assert.Equal(BeyondText, Catalogue.Default.Entries.Where(e => e.Example is null).Select(e => e.Rule));

    [Theory]
    [MemberData(nameof(CodesWithExample))]
    public void An_example_shows_its_fault_at_a_real_place_and_nothing_worse(string code)
    {
        var entry = Catalogue.Default.Find(code)!;
        var fault = Compile(entry.Example!.Fault, entry.Example.Options);
        var found = fault.Diagnostics.Where(d => d.Rule == entry.Rule).ToArray();

        Assert.NotEmpty(found);
        Assert.All(found, d => AssertPlace(d, fault.Root, entry.Example.Fault));
        Assert.True(fault.Diagnostics.All(d => d.Rule == entry.Rule || d.Severity != Severity.Error), fault.Report);
        Assert.All(fault.Diagnostics, d => Assert.All(Cultures, c => Assert.DoesNotMatch(BrokenText(), d.Message(c))));
        Assert.All(fault.Diagnostics, d => Assert.Matches(Han(), d.Message(Cultures[1])));
    }

    [Theory]
    [MemberData(nameof(CodesWithExample))]
    public void The_mended_example_is_free_of_the_fault_and_of_errors(string code)
    {
        var entry = Catalogue.Default.Find(code)!;
        var mended = Compile(entry.Example!.Mend, entry.Example.MendOptions);

        Assert.DoesNotContain(code, mended.Codes);
        Assert.False(mended.Compilation.HasErrors, mended.Report);
        Assert.NotEmpty(mended.Rows);
    }

    [Fact]
    public void Examples_are_short_and_about_half_of_them_Chinese()
    {
        var examples = Catalogue.Default.Entries.Where(e => e.Example is not null).Select(e => e.Example!).ToArray();
        var chinese = examples.Count(e => e.Mend.Values.All(t => Han().IsMatch(t)));

        Assert.InRange(chinese / (double)examples.Length, 0.35, 0.65);
        Assert.All(examples, e => Assert.InRange(e.Fault.Values.Concat(e.Mend.Values).Max(t => t.Split('\n').Length), 1, 40));
    }

    // A KB of one question cannot fill three splits; that is reported only where an example is about splits.
    private static Compiled Compile(IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, string> options)
    {
        var ratio = options.ContainsKey("SplitRatio") ? Array.Empty<(string, string)>() : [("SplitRatio", "1/0/0")];
        var duplicates = options.ContainsKey("DuplicateAction") ? Array.Empty<(string, string)>() : [("DuplicateAction", "error")];
        return Compiled.Of(files, [.. options.Select(o => (o.Key, o.Value)), .. ratio, .. duplicates]);
    }

    private static void AssertPlace(Diagnostic diagnostic, string root, IReadOnlyDictionary<string, string> files)
    {
        var (path, line, column, endColumn) = diagnostic.Location;
        if (AboutTheBuild.Contains(diagnostic.Rule))
        {
            Assert.Equal(0, line);
            return;
        }

        var text = files[Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')];
        if (AboutWholeFiles.Contains(diagnostic.Rule))
        {
            Assert.Equal((1, 1), (line, column));
            return;
        }

        var lines = text.Split('\n');
        Assert.InRange(line, 1, lines.Length);
        Assert.InRange(column, 1, lines[line - 1].Length + 1);
        Assert.InRange(endColumn, 0, lines[line - 1].Length + 1);
    }

    private static JsonDocument Json() => JsonDocument.Parse(File.ReadAllBytes(Repository.Path("schema", "diagnostics.json")));

    private static string[] PhraseNames()
    {
        using var json = Json();
        return [.. json.RootElement.GetProperty("phrases").EnumerateObject().Select(p => p.Name)];
    }

    private static List<(string Name, string En, string Zh)> Texts()
    {
        using var json = Json();
        string Text(JsonElement element) => element.ValueKind == JsonValueKind.Array ? string.Join('\n', element.EnumerateArray().Select(l => l.GetString())) : element.GetString()!;
        (string, string, string) Both(string name, JsonElement element)
        {
            Assert.Equal(["en", "zh"], element.EnumerateObject().Select(p => p.Name));
            return (name, Text(element.GetProperty("en")), Text(element.GetProperty("zh")));
        }

        return [
            .. json.RootElement.GetProperty("phrases").EnumerateObject().Select(p => Both(p.Name, p.Value)),
            .. json.RootElement.GetProperty("diagnostics").EnumerateObject()
                .SelectMany(e => Parts.Select(part => Both($"{e.Name}.{part}", e.Value.GetProperty(part))))];
    }

    private static IEnumerable<(string Name, string Text)> Sources() =>
        Directory.EnumerateFiles(Repository.Path("tasks"), "*.cs", SearchOption.AllDirectories).Select(f => (Path.GetFileName(f), File.ReadAllText(f)));

    // {{ and }} are literal braces.
    private static int[] PlaceholdersOf(string text) =>
        [.. Placeholder().Matches(text.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal)).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Distinct().Order()];

    // English texts name sections, levels and the word for none as sources write them.
    private static string OtherThanSectionNames(string text) => Regex.Replace(text, "关联问题|校对信息|问题难度|初级|中级|高级|无", "");

    [GeneratedRegex("^QA([0-9]{4})$", RegexOptions.CultureInvariant)]
    private static partial Regex CodeShape();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}", RegexOptions.CultureInvariant)]
    private static partial Regex Han();

    [GeneratedRegex(@"\{(\d+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"。|[.:?](?=\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("""\bnew Phrase\((?:[^"\n]*\? )?"(?<name>\w+)"(?: : "(?<name>\w+)")?""", RegexOptions.CultureInvariant)]
    private static partial Regex NewPhrase();

    [GeneratedRegex("""\bnew(?: Phrase)?\(\s*"(?<name>[A-Z]\w+)"[,)]""", RegexOptions.CultureInvariant)]
    private static partial Regex NewInSchemaGate();

    [GeneratedRegex("""
        "(\w+)"
        """, RegexOptions.CultureInvariant)]
    private static partial Regex Literal();

    // Double blanks and stops are what a message looks like whose parts do not fit together.
    [GeneratedRegex(@"  |\.\.(?!\.)|。。|\{\d|\s$", RegexOptions.CultureInvariant)]
    private static partial Regex BrokenText();
}
