using System.Globalization;
using System.Text.Json;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests.Packages;

/// <summary>An SDK that cannot load the tasks is told apart before it tries.</summary>
public sealed class OldSdkTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task An_older_msbuild_is_an_error_in_the_words_of_the_catalogue(string language)
    {
        using var project = SdkProject.WithSixQuestions();
        project.Environment["DOTNET_CLI_UI_LANGUAGE"] = language;
        using var catalogue = JsonDocument.Parse(await File.ReadAllTextAsync(Repository.Path("schema", "diagnostics.json")));
        var message = catalogue.RootElement.GetProperty("diagnostics").GetProperty("QA1030").GetProperty("message").GetProperty(language[..2]).GetString()!;

        (await project.Build("-p:_MSBuildVersion=17.14.8")).Exits(1).Says("error QA1030: " + string.Format(CultureInfo.InvariantCulture, message, "17.14.8", "Core"));

        Assert.False(Directory.Exists(project.Dataset));
    }
}
