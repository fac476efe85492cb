using System.Globalization;
using Microsoft.Playwright;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Reporting;

/// <summary>The page as a reader has it: in Chromium.</summary>
[Collection(ReportFixture.Name)]
public sealed class ReportInBrowserTests(ReportFixture fixture) : IDisposable
{
    private static readonly string[] Views = ["overview", "coverage", "balance", "lengths", "questions", "duplicates", "contradictions", "leaks", "findings", "review", "model"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [BrowserFact]
    public async Task Script_in_an_answer_a_question_a_name_or_a_result_is_shown_and_not_run()
    {
        const string Script = "<script>window.ran = 1</script>";
        const string Image = "<img src=x onerror=window.ran=2>";
        Write($"job_{Image}/skill_<svg onload=window.ran=3>/qa_l_001.md", Qa.Text($"{Script} {Image} asks?", $"""
            {Script}{Image}
            <iframe srcdoc="<script>parent.ran = 4</script>"></iframe> [click](javascript:window.ran=5) [data](data:text/html,<script>window.ran=6</script>)
            ![picture](https://127.0.0.1:9/x.png) <style>body {"{"} display: none {"}"}</style> [relative](../"onmouseover="window.ran=7)
            """, Image, "<svg onload=window.ran=3>"));
        Write("job_dba/skill_sql/qa_l_002.md", Qa.Text($"{Script} {Image} asks?", $"{Script} says otherwise: 5.", proofreading: Script));
        _folder.Write("model/evaluation.json", $$"""{"{{Image}}":[{"answer":"{{Script}}"}]}""");
        _folder.Write("model/metrics.jsonl", $$"""{"iteration":1,"loss {{Image}}":1}""" + "\n");
        var page = ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"), ("DuplicateAction", "warn"), ("SplitRatio", "1/0/0")), Path.Combine(_folder.Path, "model"));

        await using var report = await fixture.Browser.Open(page);
        foreach (var view in Views)
        {
            await report.Go(view);
            foreach (var row in await report.Page.Locator(".row").AllAsync())
            {
                await row.ClickAsync();
            }
        }

        await report.Go("questions?q=iframe");
        Assert.Contains(Script, await report.Text(".pane .markdown >> nth=1"), StringComparison.Ordinal);
        foreach (var link in await report.Page.Locator(".pane .markdown a, .pane .markdown .nowhere").AllAsync())
        {
            Assert.DoesNotMatch("^(javascript|data):", await link.EvaluateAsync<string>("l => l.href ?? ''"));
        }

        Assert.Null(await report.Page.EvaluateAsync<object?>("() => window.ran ?? null"));
        Assert.Equal(0, await report.Page.Locator("main script, main img, main iframe, main style, main svg").CountAsync());
        Assert.Empty(report.Misdeeds);
        Assert.Single(report.Requests.Select(r => r.Split('#')[0]).Distinct());
    }

    [BrowserFact]
    public async Task The_page_lets_no_script_in_and_fetches_nothing()
    {
        await using var report = await fixture.Browser.Open(SmallReport());

        var refused = await report.Page.EvaluateAsync<string[]>("""
            async () => {
              const refused = [];
              const attempt = (name, act) => { try { act(); } catch { refused.push(name); } };
              attempt("markup", () => { document.body.innerHTML += "<b>"; });
              attempt("text of a script", () => { document.createElement("script").textContent = "window.ran = 1"; });
              const script = document.createElement("script");
              script.append("window.ran = 2");
              document.body.append(script);
              const image = new Image();
              image.onerror = () => refused.push("image");
              image.src = "http://127.0.0.1:9/x.png";
              await new Promise((done) => addEventListener("securitypolicyviolation", done, { once: true }));
              await fetch("http://127.0.0.1:9/").catch(() => refused.push("fetch"));
              return refused;
            }
            """);

        Assert.Equal(["markup", "text of a script"], refused.Take(2));
        Assert.Contains("fetch", refused);
        Assert.Null(await report.Page.EvaluateAsync<object?>("() => window.ran ?? null"));
        Assert.Single(report.Answered.Select(r => r.Split('#')[0]).Distinct());
    }

    [BrowserTheory]
    [InlineData("en", ColorScheme.Light, 1280)]
    [InlineData("zh", ColorScheme.Dark, 1280)]
    [InlineData("zh", ColorScheme.Light, 600)]
    [InlineData("en", ColorScheme.Dark, 600)]
    public async Task Every_view_of_a_faulty_kb_fits_its_window_and_complains_of_nothing(string language, ColorScheme colours, int width)
    {
        var page = ReportFixture.Write(_folder, Compiled.At(Repository.Path("tests", "kb-faults"), [Repository.Path("tests", "kb-faults", "benchmark.jsonl")], ("DuplicateAction", "warn")));

        await using var report = await fixture.Browser.Open(page, "overview", language, colours, width);
        foreach (var view in Views)
        {
            await report.Go(view);
            Assert.NotEqual("", (await report.Text("main h1")).Trim());
            Assert.Equal(language == "zh", (await report.Text("nav [aria-current]")).Any(c => c > '\u4e00'));
            Assert.True(await report.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{view} is wider than its window");
        }

        var background = await report.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        Assert.Equal(colours == ColorScheme.Dark, int.Parse(background.Split('(', ',')[1], CultureInfo.InvariantCulture) < 128);
        Assert.Empty(report.Misdeeds);
    }

    [BrowserFact]
    public async Task A_kb_without_a_question_has_every_view_and_links_to_nothing_lead_somewhere()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "kb"));

        await using var report = await fixture.Browser.Open(ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"))));
        foreach (var view in (string[])[.. Views, "questions?unit=99", "questions?job=7&q=%22", "findings?finding=900", "coverage?gaps=1", "no-such-view", "constructor"])
        {
            await report.Go(view);
            Assert.NotEqual("", (await report.Text("main h1")).Trim());
        }

        Assert.Empty(report.Misdeeds);
    }

    [BrowserFact]
    public async Task A_share_of_nearly_all_is_not_shown_as_all_and_one_of_hardly_any_not_as_none()
    {
        for (var i = 1; i <= 2500; i++)
        {
            Write($"job_dba/skill_sql/qa_l_{i:D4}.md", Qa.Text($"What is number {i}?", $"It is {i}."));
        }

        Write("job_dba/skill_sql/qa_l_2501.md", Qa.Text("怎样备份数据库？", "用 pg_dump 备份数据库。"));

        await using var report = await fixture.Browser.Open(ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"), ("DuplicateAction", "warn"))));
        var overview = await report.Text("main");
        Assert.Contains("> 99.5 %", overview, StringComparison.Ordinal);
        Assert.Contains("< 0.1 %", overview, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_search_finds_words_and_phrases_in_texts_and_filters_narrow_it()
    {
        await using var report = await fixture.Browser.Open(SmallReport(), "questions");
        Task<int> Rows() => report.Page.Locator(".row").CountAsync();
        Assert.Equal(4, await Rows());

        await report.Go("questions?q=" + Uri.EscapeDataString("VACUUM 锁"));
        Assert.Equal(1, await Rows());
        Assert.Contains("怎样", await report.Text(".row"), StringComparison.Ordinal);
        await report.Go("questions?q=" + Uri.EscapeDataString("\"a table\""));
        Assert.Equal(1, await Rows());
        await report.Go("questions?q=nothing+of+the+kind");
        Assert.Equal(0, await Rows());

        await report.Go("questions");
        await report.Page.GetByLabel("All levels").SelectOptionAsync("Advanced");
        Assert.Equal(1, await Rows());
        Assert.Contains("level=2", report.Page.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_page_is_used_with_the_keyboard_alone()
    {
        await using var report = await fixture.Browser.Open(SmallReport());
        var keyboard = report.Page.Keyboard;

        await keyboard.PressAsync("/");
        await report.Page.WaitForFunctionAsync("() => document.activeElement.type === 'search'");
        await keyboard.TypeAsync("table");
        await report.Page.WaitForFunctionAsync("() => document.querySelectorAll('.row').length === 1");
        await keyboard.PressAsync("Enter");
        Assert.Equal("listbox", await report.Page.EvaluateAsync<string>("() => document.activeElement.getAttribute('role')"));

        await keyboard.PressAsync("5");
        await report.Page.WaitForFunctionAsync("() => document.querySelectorAll('.row').length === 4");
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("j");
        Assert.Equal("3", await report.Page.Locator(".row[aria-selected=true]").GetAttributeAsync("aria-posinset"));

        await keyboard.PressAsync("?");
        Assert.Contains("markdown-it", await report.Page.Locator("dialog pre").TextContentAsync(), StringComparison.Ordinal);
        await keyboard.PressAsync("Escape");
        Assert.Equal(0, await report.Page.Locator("dialog[open]").CountAsync());
        await keyboard.PressAsync("l");
        Assert.Equal("问答", (await report.Text("nav [aria-current]")).Split('\n')[0]);
        await keyboard.PressAsync("t");
        Assert.Equal("light", await report.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        await report.Page.ReloadAsync();
        Assert.Equal(("zh-CN", "light"), (await report.Page.GetAttributeAsync("html", "lang"), await report.Page.GetAttributeAsync("html", "data-theme")));
    }

    [BrowserFact]
    public async Task A_number_of_the_heat_map_leads_to_so_many_questions()
    {
        await using var report = await fixture.Browser.Open(SmallReport(), "coverage");

        var cell = report.Page.Locator("td.heat a").First;
        var count = int.Parse(await cell.InnerTextAsync(), CultureInfo.InvariantCulture);
        await cell.ClickAsync();

        await report.Page.WaitForSelectorAsync(".browse");
        Assert.Equal(count, await report.Page.Locator(".row").CountAsync());
    }

    [BrowserFact]
    public async Task Answers_that_contradict_stand_side_by_side_with_the_passages_marked()
    {
        Write(Qa.PathOf(1), Qa.Text("How long may an identifier of a table be?", "It may have 63 bytes."));
        Write(Qa.PathOf(2), Qa.Text("How long may the identifier of a table be?", "It may have 127 bytes."));
        var page = ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"), ("DuplicateAction", "warn"), ("SplitRatio", "1/0/0")));

        await using var report = await fixture.Browser.Open(page, "contradictions");

        Assert.Equal(2, await report.Page.Locator(".side").CountAsync());
        Assert.Contains("63", await report.Text(".side >> nth=0 >> mark"), StringComparison.Ordinal);
        Assert.Contains("127", await report.Text(".side >> nth=1 >> mark"), StringComparison.Ordinal);
        Assert.Equal(("an", "the"), (await report.Text(".side >> nth=0 >> del"), await report.Text(".side >> nth=1 >> ins")));
        var link = report.Page.Locator(".pane .place a").First;
        Assert.Equal(new Uri(Path.Combine(_folder.Path, "kb", "job_dba", "skill_sql", "qa_l_002.md")).AbsoluteUri, await link.GetAttributeAsync("href"));
        Assert.Matches(@"^vscode://file/.*/kb/job_dba/skill_sql/qa_l_002\.md:23:\d+$", await report.Page.Locator(".pane .editor").First.GetAttributeAsync("href"));
    }

    [BrowserFact]
    public async Task A_list_of_thousands_has_elements_for_what_is_seen_only()
    {
        const int Many = 3000;
        foreach (var (path, text) in Qa.Files(Many))
        {
            Write(path, text);
        }

        await using var report = await fixture.Browser.Open(ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"))), "questions");
        await report.Page.Locator(".list").FocusAsync();
        await report.Page.Keyboard.PressAsync("End");

        Assert.InRange(await report.Page.Locator(".row").CountAsync(), 5, 60);
        Assert.Equal($"{Many}", await report.Page.Locator(".row[aria-selected=true]").GetAttributeAsync("aria-posinset"));
        Assert.Contains("Answer 999.", await report.Text(".pane"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Markdown_of_an_answer_is_rendered_and_curves_are_drawn()
    {
        Write(Qa.PathOf(1), Qa.Text("How?", "# Title\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n1. **one**\n2. two\n\n```sql\nSELECT 1;\n```\n\n[file](../other.md)"));
        _folder.Write("model/metrics.jsonl", string.Concat(Enumerable.Range(1, 50).Select(i => $"{{\"iteration\":{i},\"train_loss\":{50 - i}}}\n")));
        var page = ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"), ("SplitRatio", "1/0/0")), Path.Combine(_folder.Path, "model"));

        await using var report = await fixture.Browser.Open(page, "questions");
        foreach (var selector in new[] { "table td code", "ol strong", "pre code", "[role=heading]" })
        {
            Assert.NotEqual(0, await report.Page.Locator(".pane .markdown " + selector).CountAsync());
        }

        Assert.EndsWith("/kb/job_dba/other.md", await report.Page.Locator(".pane .markdown a").EvaluateAsync<string>("a => a.href"), StringComparison.Ordinal);
        await report.Go("model");
        await report.Page.WaitForSelectorAsync(".uplot canvas");
        Assert.Contains("training loss", await report.Text("figcaption"), StringComparison.Ordinal);
        Assert.Equal(50, await report.Page.Locator("figure details tbody tr").CountAsync());
    }

    private string SmallReport()
    {
        Write(Qa.PathOf(1), Qa.Text("How do I drop a table?", "With DROP TABLE."));
        Write(Qa.PathOf(2), Qa.Text("怎样避免长事务？", "VACUUM 与锁都会受影响。", related: "qa_l_001.md"));
        Write(Qa.PathOf(1, "h"), Qa.Text("Why is the planner wrong?", "Its statistics are old.", level: "h"));
        Write("job_dev/skill_sql/qa_l_001.md", Qa.Text("What is an index?", "A structure to find rows.", job: "dev"));
        return ReportFixture.Write(_folder, Compiled.At(Path.Combine(_folder.Path, "kb"), ("SplitRatio", "1/0/0")));
    }

    private void Write(string path, string text) => _folder.Write($"kb/{path}", text);
}
