using System.Globalization;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Diagnostics;

public sealed class PolicyTests
{
    // One file with the warnings QA5001 and QA5003, and the infos and warnings of a small KB left out by the ratio.
    private static readonly string Warned = Qa.Text(answer: "a\u0001\n```");

    [Theory]
    [InlineData("", "warning QA5003, warning QA5001")]
    [InlineData("NoWarn=QA5001", "warning QA5003")]
    [InlineData("NoWarn= qa5001 ; QA5003,NU1701", "")]
    [InlineData("WarningsAsErrors=QA5003", "error QA5003, warning QA5001")]
    [InlineData("TreatWarningsAsErrors=true", "error QA5003, error QA5001")]
    [InlineData("TreatWarningsAsErrors=True|WarningsNotAsErrors=QA5001", "error QA5003, warning QA5001")]
    [InlineData("TreatWarningsAsErrors=true|NoWarn=QA5001", "error QA5003")]
    [InlineData("TreatWarningsAsErrors=false", "warning QA5003, warning QA5001")]
    [InlineData("WarningsAsErrors=QA5001|NoWarn=QA5001", "warning QA5003")]
    public void The_project_decides_on_severities(string options, string expected)
    {
        var compiled = Compiled.Of(Warned, [("SplitRatio", "1/0/0"), .. Settings(options)]);
        Assert.Equal(expected, string.Join(", ", compiled.Diagnostics.Select(d => $"{d.Severity} {d.Code}".Replace('E', 'e').Replace('W', 'w'))));
        Assert.Equal(expected.Contains("error", StringComparison.Ordinal), compiled.Emitted is null);
    }

    [Theory]
    [InlineData("NoWarn=QA1018")]
    [InlineData("WarningsNotAsErrors=QA1018")]
    public void An_error_stays_an_error(string option) => Assert.Contains("error QA1018", Compiled.Of("", Settings(option)).Report, StringComparison.Ordinal);

    [Fact]
    public void An_info_is_no_error_when_warnings_are() =>
        Assert.Contains("info QA1014", Compiled.Of(Qa.Text().Replace("\n", "\r\n", StringComparison.Ordinal), ("TreatWarningsAsErrors", "true")).Report, StringComparison.Ordinal);

    [Fact]
    public void A_suppression_with_a_reason_hides_a_warning_of_its_own_file_only()
    {
        var files = Qa.Files(2);
        files[Qa.PathOf(1)] = Qa.Text(question: "1", answer: "```", front: "suppress:\n  - code: QA5001\n    reason: it shows an open fence");
        files[Qa.PathOf(2)] = Qa.Text(question: "2", answer: "```");
        var found = Compiled.Of(files).Diagnostics.Where(d => d.Location.Path.Length > 0).ToList();
        Assert.Equal("QA5001", Assert.Single(found).Code);
        Assert.EndsWith("qa_l_002.md", found[0].Location.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suppressed_warning_is_no_error_when_warnings_are() =>
        Assert.NotNull(Compiled.Of(Qa.Text(answer: "```", front: "suppress: [{code: qa5001, reason: r}]"), ("TreatWarningsAsErrors", "true"), ("SplitRatio", "1/0/0")).Emitted);

    [Theory]
    [InlineData("QA9999", "there is no such code")]
    [InlineData("CS1591", "there is no such code")]
    [InlineData("QA2001", "it is an error")]
    public void What_cannot_be_suppressed_is_an_error(string code, string reason)
    {
        var compiled = Compiled.Of(Qa.Text(front: $"suppress:\n  - code: {code}\n    reason: r"));
        Assert.Equal(["QA1024(3,5)"], compiled.Found);
        Assert.Contains(reason, compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suppression_that_hides_nothing_is_a_warning_in_each_file()
    {
        const string Front = "suppress: [{code: QA5001, reason: r}]";
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "1", answer: "```", front: Front), [Qa.PathOf(2)] = Qa.Text(question: "2", front: Front), ["docs/d.md"] = $"---\n{Front}\n---\ntext",
        };
        Assert.Equal(["QA1025(2,13)", "QA1025(2,13)"], Compiled.Of(files).Found);
    }

    [Fact]
    public void Suppressions_work_in_documents() =>
        Assert.Empty(Compiled.Of(new Dictionary<string, string> { [Qa.Path] = Qa.Text(), ["docs/d.md"] = "---\nsuppress: [{code: QA5003, reason: r}]\n---\na\u0001" }).Found);

    [Theory]
    [InlineData("DatasetFormat", "jsonl", "valid values are completions, chat, text, alpaca, sharegpt, tools")]
    [InlineData("DatasetFormat", "1", "valid values are")]
    [InlineData("EosOn", "prompt", "valid values are completion, both, none")]
    [InlineData("CurriculumOrder", "random", "valid values are none, length, difficulty")]
    [InlineData("DocumentFormat", "x", "valid values are text, title, none")]
    [InlineData("ChainTurns", "yes", "valid values are true, false")]
    [InlineData("ParaphraseRows", "-1", "a whole number of at least 0")]
    [InlineData("MaxDocumentLength", "99", "a whole number of at least 100")]
    [InlineData("IncludeLevel", "x", "valid values are l, m, h")]
    [InlineData("ExcludeLanguage", "fr", "valid values are zh, en")]
    [InlineData("PromptTemplate", "{question} {answer}", "unknown placeholder {answer}")]
    [InlineData("PromptTemplate", "{context}", "it has no {question}")]
    [InlineData("CompletionFeature", "prompt", "a row cannot have one key twice")]
    [InlineData("DatasetFromat", "chat", "Did you mean DatasetFormat?")]
    public void A_bad_option_is_an_error_that_lists_what_is_valid(string name, string value, string reason)
    {
        var compiled = Compiled.Of(Qa.Text(), (name, value));
        Assert.Contains($"qabuild: error QA1027: The property {name} cannot be '{value}'", compiled.Report, StringComparison.Ordinal);
        Assert.Contains(reason, compiled.Report, StringComparison.Ordinal);
        Assert.Null(compiled.Emitted);
    }

    private static (string, string)[] Settings(string options) => [.. options.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(o => (o.Split('=')[0], o.Split('=')[1]))];
}

public sealed class SarifTests
{
    private static readonly JsonElement Run = Log("zh-CN").GetProperty("runs")[0];

    [Fact]
    public void The_log_names_its_version_and_schema()
    {
        var log = Log("en");
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        Assert.EndsWith("sarif-schema-2.1.0.json", log.GetProperty("$schema").GetString(), StringComparison.Ordinal);
        Assert.Equal("1.2.3", log.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("version").GetString());
    }

    [Fact]
    public void A_result_has_a_relative_percent_encoded_uri_and_a_region()
    {
        var result = Result("QA5003");
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("kb/job_my%20%231/skill_100%25%E4%B8%AD/qa_l_001.md", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal("""{"startLine":23,"startColumn":2}""", Compact(place.GetProperty("region")));
        Assert.Equal("warning", result.GetProperty("level").GetString());
    }

    [Fact]
    public void A_result_ends_where_its_finding_ends()
    {
        var region = Result("QA5004").GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region");
        Assert.Equal("""{"startLine":24,"startColumn":3,"endColumn":13}""", Compact(region));
    }

    [Fact]
    public void A_finding_on_a_whole_source_is_at_its_start_and_one_on_the_build_has_no_location()
    {
        var region = Result("QA1018").GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region");
        Assert.Equal("""{"startLine":1,"startColumn":1}""", Compact(region));
        Assert.False(Result("QA1027").TryGetProperty("locations", out _));
    }

    [Fact]
    public void Every_result_points_to_its_rule()
    {
        var rules = Run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.All(Run.GetProperty("results").EnumerateArray(), r => Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        Assert.Equal(rules.GetArrayLength(), rules.EnumerateArray().Select(r => r.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public void The_messages_follow_the_culture() => Assert.Contains("控制", Result("QA5003").GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);

    [Fact]
    public void A_path_outside_the_base_folder_is_an_absolute_uri()
    {
        using var folder = new TemporaryFolder();
        var diagnostic = new Diagnostic(Rule.EmptyFile, Severity.Error, Location.File(Path.Combine(folder.Path, "a b.md")), []);
        var log = JsonSerializer.Deserialize<JsonElement>(SarifLog.Write([diagnostic], Path.Combine(folder.Path, "repo"), "1", CultureInfo.InvariantCulture));
        var uri = log.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!;
        Assert.StartsWith("file:///", uri, StringComparison.Ordinal);
        Assert.EndsWith("/a%20b.md", uri, StringComparison.Ordinal);
    }

    private static JsonElement Result(string code) => Run.GetProperty("results").EnumerateArray().First(r => r.GetProperty("ruleId").GetString() == code);

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private static JsonElement Log(string culture)
    {
        using var folder = new TemporaryFolder();
        folder.Write("kb/job_my #1/skill_100%中/qa_l_001.md", Qa.Text(job: "my #1", skill: "100%中", answer: "a\u0001\nb <|im_end|>"));
        folder.Write("kb/job_my #1/skill_100%中/qa_l_002.md", "");
        var compiled = Compiled.At(Path.Combine(folder.Path, "kb"), ("SplitRatio", "x"));
        return JsonSerializer.Deserialize<JsonElement>(SarifLog.Write(compiled.Diagnostics, folder.Path, "1.2.3", CultureInfo.GetCultureInfo(culture)));
    }
}
