using Microsoft.Playwright;

namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>The Chromium of this machine.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where Chromium is, or null where there is none.</summary>
    public static string? Chromium { get; } = Programs("chromium", "chromium-browser", "google-chrome").FirstOrDefault();

    /// <summary>Programs of these names that lie on the PATH.</summary>
    public static IEnumerable<string> Programs(params string[] names) =>
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        from name in names
        let file = Path.Combine(folder, name)
        where File.Exists(file)
        select file;

    public static async Task<Browser> Start()
    {
        var playwright = await Playwright.CreateAsync();

        // A container's root has no sandbox to put it into; the pages are our own.
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] }));
    }

    /// <summary>Opens a report and waits until all of it is there. Only what judges a page may pass over its security policy.</summary>
    public async Task<OpenReport> Open(string page, string view = "overview", string language = "en", ColorScheme colours = ColorScheme.Light, int width = 1280, bool bypassPolicy = false)
    {
        var context = await _browser.NewContextAsync(new() { ColorScheme = colours, BypassCSP = bypassPolicy, ViewportSize = new() { Width = width, Height = 860 } });
        await context.AddInitScriptAsync($"localStorage.getItem('qabuild.language') ?? localStorage.setItem('qabuild.language', '{language}')");
        var report = new OpenReport(await context.NewPageAsync());
        await report.Page.GotoAsync($"{new Uri(page).AbsoluteUri}#/{view}");
        await report.Page.WaitForSelectorAsync("html[data-searchable]", new() { State = WaitForSelectorState.Attached });
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>A report in a browser, and what it did that it should not.</summary>
internal sealed class OpenReport : IAsyncDisposable
{
    public OpenReport(IPage page)
    {
        Page = page;
        page.Console += (_, message) => Misdeeds.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Misdeeds.Add($"error: {error}");
        page.Request += (_, request) => Requests.Add(request.Url);
        page.RequestFinished += (_, request) => Answered.Add(request.Url);
        page.Dialog += (_, dialog) =>
        {
            Misdeeds.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Errors, messages of the console (refusals of the security policy are such) and dialogs.</summary>
    public List<string> Misdeeds { get; } = [];

    /// <summary>What the page wanted to fetch.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>What it got: not what its policy refused.</summary>
    public List<string> Answered { get; } = [];

    public Task Go(string view) => Page.EvaluateAsync("view => location.hash === '#/' + view || new Promise(done => { addEventListener('hashchange', () => setTimeout(done), { once: true }); location.hash = '#/' + view; })", view);

    public Task<string> Text(string selector) => Page.Locator(selector).First.InnerTextAsync();

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
