using System.Security;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Work with models in a build: in a child process, and only where it is asked for.</summary>
public sealed class ModelWorkTests
{
    [NpmFact]
    public async Task A_native_abort_is_reported_and_the_build_goes_on_to_its_other_errors()
    {
        using var project = ProjectThatAsks("ask me; or not");
        TinyGguf.Write(project.Place("model.gguf"), layers: 0);
        project.Ask(1, related: "qa_l_999.md");

        (await project.Build()).Exits(1)
            .Says("model.gguf : error QA7008: The process that works with '").Says("model.gguf' died: the signal SIGABRT ended it. Its last words: ").Says("GGML_ASSERT")
            .Says("qa_l_001.md(15,1): error QA2001: ")
            .NeverSays("QA0000").NeverSays("MSB6006");
    }

    [NpmFact]
    public async Task A_model_answers_in_a_build_and_llama_cpp_is_restored_once()
    {
        using var project = ProjectThatAsks("the 锁");
        TinyGguf.Write(project.Place("model.gguf"));

        (await project.Build("-v:n")).Exits(0).Says("-> answered");
        var restored = File.GetLastWriteTimeUtc(project.Place("artifacts/llama.cpp/restored.txt"));
        Assert.StartsWith("{\"prompt\":\"the 锁\"", await File.ReadAllTextAsync(project.Place("out.jsonl")), StringComparison.Ordinal);

        // Nothing can be fetched now.
        project.Environment["PATH"] = project.Folder;
        (await project.Build("-v:n")).Exits(0).Says("-> answered");
        Assert.Equal(restored, File.GetLastWriteTimeUtc(project.Place("artifacts/llama.cpp/restored.txt")));
    }

    [Fact]
    public async Task A_tool_that_dies_is_an_error_with_its_last_words()
    {
        using var project = SdkProject.WithSixQuestions($"""
            <Target Name="Ask" BeforeTargets="ParseSources">
              <RunQaBuild Tool="{SecurityElement.Escape(Path.Combine(Tasks.ToolFolder, "no-such-tool.dll"))}" Arguments="generate" />
            </Target>
            """);

        (await project.Build()).Exits(1).Says("error QA7008: The process that works with 'qabuild generate' died: it ended with exit code ").NeverSays("MSB6006");
    }

    [Fact]
    public async Task An_argument_reaches_the_tool_as_it_is()
    {
        using var project = SdkProject.WithSixQuestions($"""
            <Target Name="Ask" BeforeTargets="ParseSources">
              <RunQaBuild Tool="{SecurityElement.Escape(Tasks.ToolFolder)}qabuild.dll" Arguments="explain;a &quot;b&quot; %3b 锁" />
            </Target>
            """);

        (await project.Build()).Exits(1).Says("There is no code 'a \"b\" ; 锁'");
    }

    [Fact]
    public async Task A_folder_without_llama_cpp_is_an_error_and_nothing_is_restored()
    {
        using var project = ProjectThatAsks("a", "<LlamaCppDir>nowhere</LlamaCppDir>");
        TinyGguf.Write(project.Place("model.gguf"));

        (await project.Build()).Exits(1).Says("error QA7007: ").Says("does not hold its libraries");

        Assert.False(Directory.Exists(project.Place("artifacts/llama.cpp")));
    }

    [Fact]
    public async Task A_build_without_models_starts_no_tool()
    {
        using var project = SdkProject.WithSixQuestions("<PropertyGroup><_QaBuildToolDir>/no/such/folder/</_QaBuildToolDir></PropertyGroup>");

        (await project.Build()).Exits(0);

        Assert.False(Directory.Exists(project.Place("artifacts/llama.cpp")));
    }

    [Fact]
    public async Task A_build_in_chinese_gets_chinese_findings_from_the_tool()
    {
        using var project = ProjectThatAsks("a", "<LlamaCppDir>nowhere</LlamaCppDir>");
        TinyGguf.Write(project.Place("model.gguf"));
        project.Environment["DOTNET_CLI_UI_LANGUAGE"] = "zh-CN";

        (await project.Build()).Exits(1).Says("error QA7007: 无法使用 llama.cpp");
    }

    private static SdkProject ProjectThatAsks(string prompt, string properties = "")
    {
        var project = SdkProject.WithSixQuestions($"""
            <PropertyGroup>
              <_QaBuildToolDir>{SecurityElement.Escape(Tasks.ToolFolder)}</_QaBuildToolDir>
              {properties}
            </PropertyGroup>
            <ItemGroup>
              <Argument Include="generate;--model;model.gguf;--jsonl;rows.jsonl;--out;out.jsonl;--max-tokens;4;--threads;1" />
            </ItemGroup>
            <Target Name="Ask" BeforeTargets="ParseSources" DependsOnTargets="$(ModelWorkDependsOn)">
              <RunQaBuild Tool="$(_QaBuildTool)" Arguments="@(Argument)" LlamaCppDir="$(_LlamaCppDir)" ContinueOnError="ErrorAndContinue" />
              <Message Importance="high" Text="-> answered" />
            </Target>
            """);
        project.Write("rows.jsonl", System.Text.Json.JsonSerializer.Serialize(new { prompt }));
        return project;
    }
}
