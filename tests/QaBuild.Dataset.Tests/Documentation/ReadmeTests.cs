using System.Text.Json;
using QaBuild.Dataset.Sources;
using QaBuild.Docs;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Documentation;

/// <summary>The READMEs say what there is, in English and Chinese alike.</summary>
public sealed class ReadmeTests
{
    private static readonly BuildSurface s_surface = BuildSurface.Read(Repository.Path("build"));

    public static TheoryData<string> Languages => ["en", "zh"];

    [Fact]
    public void What_is_public_in_the_build_is_explained_where_it_is_declared()
    {
        Assert.Contains(s_surface.Declarations, d => d.Names.Contains("CompileDataset"));
        Assert.Equal("", string.Join('\n', s_surface.Faults));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void The_generated_parts_of_the_readme_are_what_the_declarations_say(string language)
    {
        var readme = Docs.Readme.All(Repository.Root).Single(r => r.Language.TwoLetterISOLanguageName == language);
        var text = In(language).Text;

        Assert.All(["properties", "items", "targets", "verbs", "ranges", "codes", "contents"], name => Assert.Contains($"<!-- generated: {name} -->\n", text, StringComparison.Ordinal));
        Assert.True(text == readme.Renew(text, s_surface), $"{Path.GetFileName(readme.Path)} is not what build/, schema/diagnostics.json and the tool say now. Renew it and commit it: {Docs.Readme.Command}");
    }

    [Fact]
    public void Every_option_of_the_compiler_is_a_property_of_the_build() =>
        Assert.Empty(OptionReader.Names.Except(s_surface.Declarations.Where(d => d.Kind == DeclarationKind.Property).SelectMany(d => d.Names)));

    [Fact]
    public void Every_verb_is_described_in_both_languages_and_shows_an_example() =>
        Assert.All(Tool.Verbs.Shown(Tool.Verbs.Root()), v => Assert.True(v.Verb is Tool.Verb { Examples.Count: > 0 }, $"'{v.Name}' is to be a Verb: new Verb(\"{v.Verb.Name}\", \"what it does\", \"中文说明\", \"qabuild {v.Name} …\")"));

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_value_of_a_property_stands_in_the_readme(string language) =>
        Assert.Empty(new[] { typeof(DatasetFormat), typeof(EosPlacement), typeof(CurriculumOrder), typeof(DocumentFormat), typeof(DuplicateAction) }
            .SelectMany(Enum.GetNames).Select(n => n.ToLowerInvariant()).Except(In(language).Names));

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
