using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using QaBuild.Dataset.Reporting;
using QaBuild.Model;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>One browser, and the page's libraries restored once, for all tests of reports.</summary>
public sealed partial class ReportFixture : IAsyncLifetime
{
    public const string Name = "reports";

    private Browser? _browser;

    internal static string Libraries { get; } = Repository.Path("artifacts", ReportLibraries.Folder);

    internal Browser Browser => _browser!;

    public async Task InitializeAsync()
    {
        if (new BrowserFactAttribute().Skip is null)
        {
            await new NpmPackages(ReportLibraries.Manifest, ReportLibraries.Lock, ReportLibraries.AreIn).RestoreAsync(Libraries);
            _browser = await Browser.Start();
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    /// <summary>Writes the report of a KB at <c>report/index.html</c> beside it.</summary>
    internal static string Write(TemporaryFolder folder, Compiled compiled, string? model = null, string culture = "en")
    {
        var page = Path.Combine(folder.Path, "report", "index.html");
        Assert.Empty(new Report(page, Libraries, model).Write(compiled.Compilation, CultureInfo.GetCultureInfo(culture)));
        return page;
    }

    /// <summary>The data of a page, part by part.</summary>
    internal static JsonElement[] DataOf(string page) => [.. DataPart().Matches(File.ReadAllText(page)).Select(m =>
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(m.Groups[1].Value)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<JsonElement>(gzip);
    })];

    [GeneratedRegex("<script type=\"application/gzip\" class=\"data\">([^<]*)</script>", RegexOptions.CultureInvariant)]
    private static partial Regex DataPart();
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(ReportFixture.Name)]
public sealed class ReportCollectionDefinition : ICollectionFixture<ReportFixture>;
