using System.Text.Json;
using Microsoft.Playwright;
using QaBuild.Model;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>The page is judged by axe-core: contrast, names, roles, the order of headings.</summary>
[Collection(ReportFixture.Name)]
public sealed class AccessibilityTests(ReportFixture fixture)
{
    private static readonly string[] Views = ["overview", "coverage", "balance", "lengths", "questions?unit=3", "duplicates", "contradictions", "leaks", "findings", "review", "model"];

    [BrowserTheory]
    [InlineData("en", ColorScheme.Light)]
    [InlineData("zh", ColorScheme.Dark)]
    public async Task No_view_has_a_fault_that_axe_knows(string language, ColorScheme colours)
    {
        using var folder = new TemporaryFolder();
        folder.Write("model/metrics.jsonl", "{\"iter\":1,\"train_loss\":2}\n{\"iter\":2,\"train_loss\":1}\n");
        folder.Write("model/evaluation.json", """{"base":{"loss":2,"stopRate":0.5},"trained":{"loss":1,"stopRate":1},"gates":[{"name":"MinStopRate","passed":true},{"name":"MinExactMatch","passed":false}]}""");
        var page = ReportFixture.Write(folder, Compiled.At(Repository.Path("tests", "kb-faults"), ("DuplicateAction", "warn")), Path.Combine(folder.Path, "model"));
        var axe = await Axe();

        await using var report = await fixture.Browser.Open(page, "overview", language, colours, bypassPolicy: true);
        await report.Page.EvaluateAsync(axe);
        var faults = new List<string>();
        foreach (var view in Views)
        {
            await report.Go(view);
            await Judge(view);
        }

        await report.Page.Keyboard.PressAsync("?");
        await Judge("help");
        Assert.Empty(faults);

        async Task Judge(string view)
        {
            var found = await report.Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(v => `${v.id}: ${v.nodes[0].html}`)");
            faults.AddRange(found.EnumerateArray().Select(f => $"{view}: {f.GetString()}"));
        }
    }

    private static async Task<string> Axe()
    {
        var here = Repository.Path("tests", "QaBuild.Dataset.Tests", "Reporting", "Accessibility");
        string FileIn(string folder) => Path.Combine(folder, "node_modules", "axe-core", "axe.min.js");
        var into = Repository.Path("artifacts", "axe-core");
        await new NpmPackages(await File.ReadAllBytesAsync(Path.Combine(here, "package.json")), await File.ReadAllBytesAsync(Path.Combine(here, "package-lock.json")), f => File.Exists(FileIn(f))).RestoreAsync(into);
        return await File.ReadAllTextAsync(FileIn(into));
    }
}
