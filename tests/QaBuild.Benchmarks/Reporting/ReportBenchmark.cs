using System.Diagnostics;
using System.Globalization;
using QaBuild.Dataset;
using QaBuild.Dataset.Reporting;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Tests.Reporting;
using QaBuild.Model;

namespace QaBuild.Benchmarks.Reporting;

/// <summary>How large the report of a large knowledge base is, and how long a reader waits for it in Chromium.</summary>
internal static class ReportBenchmark
{
    public const string Verb = "report";

    private const int Files = 50_000;
    private const string Rare = "photosynthesis";

    /// <summary>Prints the table; says what is missing when there is nothing to measure.</summary>
    public static async Task<bool> Run(string root, int rounds)
    {
        if (Workspace.KbOf(root, Files) is not { } kb)
        {
            return false;
        }

        if (Browser.Chromium is null)
        {
            await Console.Error.WriteLineAsync("nothing to measure: Chromium is not on the PATH");
            return false;
        }

        var libraries = Path.Combine(root, "artifacts", ReportLibraries.Folder);
        await new NpmPackages(ReportLibraries.Manifest, ReportLibraries.Lock, ReportLibraries.AreIn).RestoreAsync(libraries);
        var compilation = new Compilation(SourceList.Find(kb), new Dictionary<string, string> { ["DuplicateAction"] = "warn" });
        compilation.Run();
        var page = Path.Combine(root, "artifacts", "bench", "report", "index.html");
        var clock = Stopwatch.StartNew();
        if (new Report(page, libraries, null).Write(compilation, CultureInfo.GetCultureInfo("en")).Count > 0)
        {
            return false;
        }

        var written = clock.Elapsed.TotalSeconds;
        await using var browser = await Browser.Start();
        var measured = new List<(double Interactive, double Searchable, double Search)>();
        for (var round = 0; round <= rounds; round++)
        {
            // One more before the first, so that the disk is warm.
            var times = await Open(browser, page);
            if (round > 0)
            {
                measured.Add(times);
            }
        }

        Console.WriteLine($"| report of {compilation.Units.Count:N0} questions, {rounds} rounds | median | smallest to largest | target |\n|---|---|---|---|");
        Console.WriteLine($"| size | {new FileInfo(page).Length / 1e6:0.0} MB |  |  |");
        Console.WriteLine($"| to write it, after the compile | {written:0.0} s |  |  |");
        Line("from opening to interactive", measured.Select(m => m.Interactive), "≤ 3 s");
        Line("from opening until a search sees all texts", measured.Select(m => m.Searchable), "");
        Line("a word typed until its matches are shown", measured.Select(m => m.Search), "");
        return true;
    }

    private static async Task<(double Interactive, double Searchable, double Search)> Open(Browser browser, string page)
    {
        await using var report = await browser.Open(page, "questions");
        Task<double> Mark(string name) => report.Page.EvaluateAsync<double>($"() => Number(document.documentElement.dataset.{name})");
        var search = await report.Page.EvaluateAsync<double>(
            """
            async (word) => {
              const counted = document.querySelector(".counted");
              const box = document.querySelector("input[type=search]");
              const from = performance.now();
              box.value = word;
              const changed = new Promise((done) => new MutationObserver(done).observe(counted, { childList: true, characterData: true, subtree: true }));
              box.dispatchEvent(new Event("input"));
              await changed;
              await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
              return performance.now() - from;
            }
            """, Rare);
        return (await Mark("interactive"), await Mark("searchable"), search);
    }

    private static void Line(string name, IEnumerable<double> milliseconds, string target)
    {
        var seconds = milliseconds.Select(m => m / 1000).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {seconds[seconds.Length / 2]:0.00} s | {seconds[0]:0.00} to {seconds[^1]:0.00} s | {target} |"));
    }
}
