using System.Text.RegularExpressions;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Model.Tests;

/// <summary>The library knows only codes and names of phrases: here they meet the catalogue.</summary>
public sealed partial class ModelFaultTests
{
    public static TheoryData<string> Codes => [.. typeof(ModelFaults).GetFields().Select(f => (string)f.GetValue(null)!)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_is_in_the_catalogue(string code) => Assert.NotNull(Catalogue.Default.Find(code));

    [Fact]
    public void Every_reason_is_a_phrase()
    {
        var used = Directory.EnumerateFiles(Repository.Path("tasks", "QaBuild.Model"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => NewReason().Matches(File.ReadAllText(f))).Select(m => m.Groups["name"].Value).Distinct().ToArray();

        Assert.True(used.Length > 50, $"{used.Length} reasons were found");
        Assert.All(used, name => Assert.NotEmpty(Catalogue.Default.Format(new Phrase(name, [.. Enumerable.Repeat<object>("x", 9)]), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex("""\bnew Reason\("(?<name>\w+)"[,)]""")]
    private static partial Regex NewReason();
}
