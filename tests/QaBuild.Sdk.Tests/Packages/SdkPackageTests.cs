using System.IO.Compression;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests.Packages;

/// <summary>A project elsewhere that is no more than <c>&lt;Project Sdk="QaBuild.Sdk/…" /&gt;</c>.</summary>
public sealed class SdkPackageTests
{
    [Fact]
    public async Task A_project_of_one_line_over_a_copied_kb_builds_once_and_cleans_where_blanks_and_chinese_names_are()
    {
        using var consumer = await Consumer.Create("我的 知识库 (v1)");
        consumer.WriteProject();
        consumer.Copy(Repository.Path("kb"), "kb");

        (await consumer.Build()).Exits(0).Says("(rows: train.jsonl ").NeverSays("warning");
        Assert.True(File.Exists(consumer.Place("artifacts/dataset/manifest.json")));
        (await consumer.Build("-question")).Exits(0);

        (await consumer.Build("-t:Clean")).Exits(0);
        Assert.Empty(Made(consumer));
    }

    [NpmFact]
    public async Task A_project_of_three_lines_trains_tiny_packages_it_and_cleans()
    {
        using var consumer = await Consumer.Create("训练 tiny");
        consumer.WriteProject(body: "  <PropertyGroup><BaseModel>tiny</BaseModel></PropertyGroup>");
        consumer.Copy(Repository.Path("tests", "kb-demo"), "kb");

        (await consumer.Build("-t:Gguf")).Exits(0);

        Assert.Equal("GGUF"u8.ToArray(), File.ReadAllBytes(Directory.GetFiles(consumer.Place("artifacts/model"), "*Q4_K_M.gguf").Single())[..4]);
        Assert.True(File.Exists(consumer.Place("artifacts/model/SHA256SUMS")));

        (await consumer.Build("-t:Clean")).Exits(0);
        Assert.Empty(Made(consumer));
    }

    [Fact]
    public async Task A_repository_whose_jobs_stand_at_the_top_needs_no_settings()
    {
        using var consumer = await Consumer.Create();
        consumer.WriteProject();
        consumer.Write("README.md", "# Knowledge base for fine-tuning\n\n## 职业\n\n- 数据库管理员\n");
        consumer.Write("LICENSE", "…\n");
        consumer.Write("CONTRIBUTING.md", "# How to add a question\n");
        consumer.Write(".github/pull_request_template.md", "## What changes\n");
        consumer.Copy(Repository.Path("kb", "job_数据库管理员"), "job_数据库管理员");

        (await consumer.Build("-p:ErrorLog=artifacts/findings.sarif")).Exits(0).NeverSays("warning").NeverSays("error QA");

        var sources = Directory.GetFiles(consumer.Place("job_数据库管理员"), "*.md", SearchOption.AllDirectories).Length;
        var rows = new[] { "train", "valid", "test" }.Sum(n => File.ReadAllLines(consumer.Place($"artifacts/dataset/{n}.jsonl")).Length);
        Assert.True(rows >= sources && sources > 20, $"{rows} rows of {sources} sources");
        (await consumer.Build("-question", "-p:ErrorLog=artifacts/findings.sarif")).Exits(0);
    }

    [Fact]
    public async Task Two_projects_build_at_the_same_time()
    {
        using var consumer = await Consumer.Create();
        foreach (var name in new[] { "a", "b" })
        {
            consumer.WriteProject($"{name}/kb.proj");
            consumer.Write($"{name}/{Qa.PathOf(1)}", Qa.Text($"What is {name}?", front: "split: train"));
        }

        var both = await Task.WhenAll(consumer.Build("a/kb.proj", "-p:NoWarn=QA4003"), consumer.Build("b/kb.proj", "-p:NoWarn=QA4003"));

        Assert.All(both, ran => ran.Exits(0).Says("train.jsonl 1").NeverSays("warning"));
        Assert.All(new[] { "a", "b" }, n => Assert.Contains($"What is {n}?", File.ReadAllText(consumer.Place($"{n}/artifacts/dataset/train.jsonl")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_package_holds_the_build_the_schemas_and_all_that_its_assemblies_need()
    {
        var version = await Packed.Version();
        using var package = ZipFile.OpenRead(Path.Combine(Packed.Feed, $"QaBuild.Sdk.{version}.nupkg"));
        var names = package.Entries.Select(e => e.FullName).ToHashSet();

        Assert.All(Directory.GetFiles(Repository.Path("build")), f => Assert.Contains($"Sdk/{Path.GetFileName(f)}", names));
        Assert.All(Directory.GetFiles(Repository.Path("schema")), f => Assert.Contains($"schema/{Path.GetFileName(f)}", names));
        Assert.All(["QaBuild.Tasks.dll", "qabuild.dll", "qabuild.runtimeconfig.json", "package-lock.json"], n => Assert.Contains($"tools/net10.0/{n}", names));
        foreach (var depends in new[] { "QaBuild.Tasks.deps.json", "qabuild.deps.json" })
        {
            using var json = System.Text.Json.JsonDocument.Parse(package.GetEntry($"tools/net10.0/{depends}")!.Open());
            var needed = json.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
                .Where(l => l.Value.TryGetProperty("runtime", out _)).SelectMany(l => l.Value.GetProperty("runtime").EnumerateObject().Select(f => Path.GetFileName(f.Name))).ToList();
            Assert.Contains("YamlDotNet.dll", needed);
            Assert.All(needed, n => Assert.Contains($"tools/net10.0/{n}", names));
        }

        Assert.DoesNotContain(names, n => n.Contains("Microsoft.Build", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_packages_have_one_version_and_it_follows_from_the_tags()
    {
        var version = await Packed.Version();

        Assert.Equal(
            [$"QaBuild.Sdk.{version}.nupkg", $"QaBuild.Templates.{version}.nupkg", $"qabuild.{version}.nupkg"],
            Directory.GetFiles(Packed.Feed).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Matches(@"^\d+\.\d+\.\d+(-alpha\.0(\.\d+)?)?$", version);
    }

    /// <summary>The files that builds made, but for llama.cpp, which is restored and not made.</summary>
    private static IEnumerable<string> Made(Consumer consumer) =>
        Directory.Exists(consumer.Place("artifacts"))
            ? Directory.EnumerateFiles(consumer.Place("artifacts"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(consumer.Folder, f)).Where(f => !f.Contains("llama.cpp", StringComparison.Ordinal))
            : [];
}
