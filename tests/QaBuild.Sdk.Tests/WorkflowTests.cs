using System.Text.Json;
using System.Text.RegularExpressions;
using QaBuild.Tests;
using YamlDotNet.RepresentationModel;

namespace QaBuild.Sdk.Tests;

/// <summary>The workflows of pull requests run what strangers write: these are the rules that keep that harmless.</summary>
public sealed class WorkflowTests
{
    private static readonly YamlMappingNode s_check = Read("pr.yml");
    private static readonly YamlMappingNode s_comment = Read("pr-comment.yml");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Repository.Path(".github", "workflows"), "*.yml").Select(f => Path.GetFileName(f)!)];

    [Fact]
    public void A_pull_request_is_checked_with_a_token_that_reads_and_nothing_else()
    {
        Assert.Equal(["pull_request"], Keys(s_check, "on"));
        Assert.Equal("contents: read", Flat(s_check["permissions"]));
        Assert.All(Jobs(s_check), j => Assert.DoesNotContain("permissions", j.Children.Keys.Select(k => k.ToString())));
        Assert.DoesNotContain("secrets.", Text("pr.yml"), StringComparison.Ordinal);
        var checkout = Assert.Single(Steps(s_check), s => s.Uses.StartsWith("actions/checkout@", StringComparison.Ordinal));
        Assert.Equal("false", ((YamlMappingNode)checkout.Node["with"])["persist-credentials"].ToString());
    }

    [Fact]
    public void What_may_write_checks_nothing_out_and_runs_no_command()
    {
        Assert.Equal(["workflow_run"], Keys(s_comment, "on"));
        Assert.Equal([((YamlScalarNode)s_check["name"]).Value], ((YamlSequenceNode)((YamlMappingNode)((YamlMappingNode)s_comment["on"])["workflow_run"])["workflows"]).Select(n => n.ToString()));
        Assert.Empty(((YamlMappingNode)s_comment["permissions"]).Children);
        Assert.Equal("actions: read, pull-requests: write", Flat(Assert.Single(Jobs(s_comment))["permissions"]));
        Assert.All(Steps(s_comment), s => Assert.Equal("", s.Run));
        Assert.All(Steps(s_comment), s => Assert.Matches("^actions/(download-artifact|github-script)@", s.Uses));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_expression_stands_where_a_shell_or_a_script_would_read_it(string file) =>
        Assert.All(Steps(Read(file)), s =>
        {
            Assert.DoesNotContain("${{", s.Run, StringComparison.Ordinal);
            Assert.DoesNotContain("${{", s.Script, StringComparison.Ordinal);
        });

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_pinned_to_a_commit(string file) =>
        Assert.All(Steps(Read(file)).Where(s => s.Uses.Length > 0), s => Assert.Matches("^[\\w-]+/[\\w-]+@[0-9a-f]{40}$", s.Uses));

    [Theory]
    [MemberData(nameof(Files))]
    public void No_workflow_runs_a_pull_request_with_the_rights_of_the_repository(string file) => Assert.DoesNotContain("pull_request_target", Keys(Read(file), "on"));

    [Fact]
    public void The_script_runs_the_steps_of_the_workflow_in_their_order()
    {
        var steps = Steps(s_check).Select(s => s.Run).Where(r => r.StartsWith(".ci/pr", StringComparison.Ordinal)).ToArray();
        var script = File.ReadAllText(Repository.Path(".ci", "pr"));

        Assert.Equal("build diff verify lint test", string.Join(' ', steps.Select(s => s[".ci/pr ".Length..])));
        Assert.Contains($"for name in {string.Join(' ', steps.Select(s => s[".ci/pr ".Length..]))}; do", script, StringComparison.Ordinal);
        Assert.All(Steps(s_check).Where(s => s.Run.Length > 0).Select(s => s.Run).Except(steps), r => Assert.StartsWith("echo \"::add-matcher::", r, StringComparison.Ordinal));
    }

    [NpmFact]
    public async Task The_linter_finds_nothing_here_and_what_is_planted()
    {
        using var folder = new TemporaryFolder();
        var planted = folder.Write("planted.yml", Text("pr.yml").Replace("run: .ci/pr build", "run: echo ${{ github.event.pull_request.title }}", StringComparison.Ordinal));

        using var lint = Command.Start("bash", Repository.Root, null, ".ci/pr", "lint");
        (await lint.Ends()).Exits(0).NeverSays("error");

        using var again = Command.Start("node", Repository.Root, null, "artifacts/lint/lint.mjs", planted);
        (await again.Ends()).Exits(1).Says("\"github.event.pull_request.title\" is potentially untrusted");
    }

    [Theory]
    [InlineData("/home/runner/checkout/kb/job_Application Developer/skill_SQL/qa_l_004.md(21,1): error QA1004: The section '## Answer' is missing. [/home/runner/checkout/Dataset.proj]", "/home/runner/checkout/kb/job_Application Developer/skill_SQL/qa_l_004.md|21|1|error|QA1004|The section '## Answer' is missing.")]
    [InlineData("kb/job_数据库/skill_x (y)/qa_h_001.md(3,11,3,14): warning QA3005: x (y) [z] differs.", "kb/job_数据库/skill_x (y)/qa_h_001.md|3|11|warning|QA3005|x (y) [z] differs.")]
    [InlineData("  /w/Dataset.proj : warning QA4003: The split test has no row. [/w/Dataset.proj]", "/w/Dataset.proj|||warning|QA4003|The split test has no row.")]
    [InlineData("kb/job_a/skill_b/qa_l_1.md: error QA1018: The file is empty.", "kb/job_a/skill_b/qa_l_1.md|||error|QA1018|The file is empty.")]
    [InlineData("/w/Program.cs(1,2): error CS1002: ; expected [/w/x.csproj]", null)]
    [InlineData("It says: error QA1004 is common", null)]
    public void The_problem_matcher_reads_findings_and_nothing_else(string line, string? found)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Repository.Path(".github", "qabuild-matcher.json")));
        var pattern = json.RootElement.GetProperty("problemMatcher")[0].GetProperty("pattern")[0];
        var match = Regex.Match(line, pattern.GetProperty("regexp").GetString()!, RegexOptions.ECMAScript);

        Assert.Equal(found, match.Success ? string.Join('|', new[] { "file", "line", "column", "severity", "code", "message" }.Select(n => match.Groups[pattern.GetProperty(n).GetInt32()].Value)) : null);
    }

    [NpmTheory]
    [InlineData("[]", "createComment 7")]
    [InlineData("""[{"id":3,"user":{"login":"someone"},"body":"MARKER"},{"id":4,"user":{"login":"github-actions[bot]"},"body":"MARKER\nold"},{"id":5,"user":{"login":"github-actions[bot]"},"body":"x"}]""", "updateComment 4")]
    public async Task The_comment_is_posted_once_and_renewed_after_that(string comments, string done)
    {
        var (calls, _) = await Comment("## What\n@everyone `a`", """[{"number":7,"head":{"sha":"0123456789abcdef","repo":{"id":42}}}]""", comments.Replace("MARKER", "<!-- qabuild: what a pull request does to the dataset -->", StringComparison.Ordinal));

        var call = Assert.Single(calls);
        Assert.Equal(done, $"{call.GetProperty("what").GetString()} {(call.TryGetProperty("issue_number", out var number) ? number : call.GetProperty("comment_id")).GetInt32()}");
        Assert.Equal("<!-- qabuild: what a pull request does to the dataset -->\n## What\n@\u200beveryone `a`\n\n---\nMade by the code of this pull request, at 0123456789ab.", call.GetProperty("body").GetString());
    }

    [NpmTheory]
    [InlineData("text", "[]")]
    [InlineData("text", """[{"number":7,"head":{"sha":"another","repo":{"id":42}}}]""")]
    [InlineData("text", """[{"number":7,"head":{"sha":"0123456789abcdef","repo":{"id":1}}}]""")]
    [InlineData("text", """[{"number":7,"head":{"sha":"0123456789abcdef","repo":null}}]""")]
    [InlineData(null, """[{"number":7,"head":{"sha":"0123456789abcdef","repo":{"id":42}}}]""")]
    public async Task Nothing_is_posted_without_a_text_and_a_pull_request_that_ends_with_the_commit(string? text, string pulls) => Assert.Empty((await Comment(text, pulls, "[]")).Calls);

    [NpmFact]
    public async Task A_comment_is_never_too_long()
    {
        var (calls, asked) = await Comment(new string('字', 100_000), """[{"number":7,"head":{"sha":"0123456789abcdef","repo":{"id":42}}}]""", "[]");

        Assert.InRange(Assert.Single(calls).GetProperty("body").GetString()!.Length, 60_000, 65_000);
        Assert.Contains("someone:feature", asked, StringComparison.Ordinal);
    }

    // Runs the script of the workflow with a GitHub that only writes down what it is asked.
    private static async Task<(JsonElement[] Calls, string Asked)> Comment(string? text, string pulls, string comments)
    {
        using var folder = new TemporaryFolder();
        if (text is not null)
        {
            folder.Write("pull-request/diff.md", text);
        }

        folder.Write("script.js", Steps(s_comment).Single(s => s.Script.Length > 0).Script);
        folder.Write("harness.mjs", $$"""
            import { readFileSync, writeFileSync } from "node:fs";
            import { createRequire } from "node:module";
            const calls = [], asked = [];
            const note = what => async args => { calls.push({ what, ...args }); };
            const github = {
              rest: { pulls: { list: "pulls" }, issues: { listComments: "comments", updateComment: note("updateComment"), createComment: note("createComment") } },
              paginate: async (what, args) => { asked.push(args); return what === "pulls" ? {{pulls}} : {{comments}}; },
            };
            const run = { head_sha: "0123456789abcdef", head_branch: "feature", head_repository: { id: 42, owner: { login: "someone" } } };
            const AsyncFunction = (async () => {}).constructor;
            await new AsyncFunction("github", "context", "core", "require", readFileSync("script.js", "utf8"))(
              github, { repo: { owner: "o", repo: "r" }, payload: { workflow_run: run } }, { info() {} }, createRequire(import.meta.url));
            writeFileSync("calls.json", JSON.stringify({ calls, asked }));
            """);
        using var node = Command.Start("node", folder.Path, new Dictionary<string, string> { ["RUNNER_TEMP"] = folder.Path }, "harness.mjs");
        (await node.Ends()).Exits(0);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "calls.json")));
        return ([.. json.RootElement.GetProperty("calls").EnumerateArray().Select(c => c.Clone())], json.RootElement.GetProperty("asked").GetRawText());
    }

    private static string Text(string file) => File.ReadAllText(Repository.Path(".github", "workflows", file));

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text(file)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string[] Keys(YamlMappingNode node, string name) => node[name] is YamlMappingNode map ? [.. map.Children.Keys.Select(k => k.ToString())] : [node[name].ToString()];

    private static string Flat(YamlNode node) => string.Join(", ", ((YamlMappingNode)node).Children.Select(c => $"{c.Key}: {c.Value}"));

    private static IEnumerable<YamlMappingNode> Jobs(YamlMappingNode workflow) => ((YamlMappingNode)workflow["jobs"]).Children.Values.Cast<YamlMappingNode>();

    private static IEnumerable<Step> Steps(YamlMappingNode workflow) => Jobs(workflow).SelectMany(j => (YamlSequenceNode)j["steps"]).Cast<YamlMappingNode>().Select(s => new Step(s));

    private sealed record Step(YamlMappingNode Node)
    {
        public string Uses => Value(Node, "uses");

        public string Run => Value(Node, "run");

        public string Script => Node.Children.TryGetValue("with", out var with) ? Value((YamlMappingNode)with, "script") : "";

        private static string Value(YamlMappingNode node, string name) => node.Children.TryGetValue(name, out var value) ? value.ToString() : "";
    }
}
