using System.Text.Json;
using System.Xml.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Documentation;

/// <summary>The READMEs say what there is, in English and Chinese alike.</summary>
public sealed class ReadmeTests
{
    public static TheoryData<string> Languages => ["en", "zh"];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_property_of_the_compiler_stands_in_the_readme(string language) =>
        Assert.Empty(OptionReader.Names.Concat(["KbRoot", "DatasetDir", "EnableDefaultQaItems", "ErrorLog"]).Except(In(language).Names));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_value_of_a_property_stands_in_the_readme(string language) =>
        Assert.Empty(new[] { typeof(DatasetFormat), typeof(EosPlacement), typeof(CurriculumOrder), typeof(DocumentFormat), typeof(DuplicateAction) }
            .SelectMany(Enum.GetNames).Select(n => n.ToLowerInvariant()).Except(In(language).Names));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_range_of_codes_stands_in_the_readme(string language) =>
        Assert.All(Catalogue.Default.Entries.Select(e => e.Code == "QA0000" ? e.Code : e.Code[..3] + "xxx").Distinct(), c => Assert.Contains($"| {c} |", In(language).Text, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_public_target_stands_in_the_readme(string language)
    {
        var targets = Directory.GetFiles(Repository.Path("build"), "*.targets")
            .SelectMany(f => XDocument.Load(f).Root!.Elements("Target")).Select(t => t.Attribute("Name")!.Value)
            .Where(n => !n.StartsWith('_')).ToList();
        Assert.Contains("CompileDataset", targets);
        Assert.Empty(targets.Except(In(language).Names));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_section_and_every_key_of_the_front_matter_stands_in_the_readme(string language)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.Path("schema", "qa.schema.json")));
        var keys = schema.RootElement.GetProperty("definitions").GetProperty("frontMatter").GetProperty("properties").EnumerateObject().Select(p => p.Name).ToList();
        Assert.Contains("paraphrases", keys);
        Assert.Empty(keys.Except(In(language).Names));
        Assert.All(Enum.GetValues<Section>(), s => Assert.Contains("`## " + Vocabulary.Default.NameOf(s).Replace("|", "\\|", StringComparison.Ordinal), In(language).Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_verb_of_the_tool_stands_in_the_readme(string language) =>
        Assert.All(["check", "build", "explain", "import", "leaks", "base-model", "count-tokens", "generate", "inspect", "restore"], verb => Assert.Contains(In(language).Names, n => n.StartsWith(verb + " ", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_link_and_path_of_the_readme_exists(string language)
    {
        var readme = In(language);
        Assert.Contains("Dataset.proj", readme.RelativeLinks);
        Assert.Contains("tasks/QaBuild.Tool", readme.Paths);
        Assert.All(readme.RelativeLinks.Concat(readme.Paths).Distinct(), p => Assert.True(Path.Exists(Repository.Path(p)), $"{p} does not exist"));
    }

    [Fact]
    public void Both_readmes_have_the_same_headings() => Assert.Equal(Readme.English.HeadingLevels, Readme.Chinese.HeadingLevels);

    [Fact]
    public void Both_readmes_show_the_same_commands()
    {
        Assert.NotEmpty(Readme.English.Commands);
        Assert.Equal(Readme.English.Commands, Readme.Chinese.Commands);
    }

    private static Readme In(string language) => language == "zh" ? Readme.Chinese : Readme.English;
}
