namespace QaBuild.Sdk.Tests;

/// <summary>The stages as targets of the build.</summary>
public sealed class TargetTests
{
    private static readonly string[] s_stages = ["ParseSources", "LinkSources", "CheckDataset", "SplitDataset", "EmitDataset"];

    [Fact]
    public async Task Targets_of_a_project_may_stand_before_and_after_each_stage()
    {
        var hooks = string.Concat(s_stages.Select(s => $"""
            <Target Name="Before{s}" BeforeTargets="{s}"><Message Importance="high" Text="[before {s}]" /></Target>
            <Target Name="After{s}" AfterTargets="{s}"><Message Importance="high" Text="[after {s}]" /></Target>
            """));
        using var project = SdkProject.WithSixQuestions(hooks);

        var build = (await project.Build()).Exits(0);

        var said = build.Output.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith('['));
        Assert.Equal(s_stages.SelectMany(s => new[] { $"[before {s}]", $"[after {s}]" }), said);
    }

    [Fact]
    public async Task The_log_names_the_stages_in_their_order()
    {
        using var project = SdkProject.WithSixQuestions();

        var build = (await project.Build("-v:d")).Exits(0);

        var places = s_stages.Select(s => build.Output.IndexOf($"Target \"{s}\"", StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public async Task The_dataset_may_be_used_by_targets_after_the_build()
    {
        using var project = SdkProject.WithSixQuestions("""
            <Target Name="Publish" AfterTargets="CompileDataset"><Copy SourceFiles="$(_DatasetDir)train.jsonl" DestinationFiles="$(MSBuildProjectDirectory)/published.jsonl" /></Target>
            """);

        (await project.Build()).Exits(0);

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(project.Dataset, "train.jsonl")), await File.ReadAllBytesAsync(project.Place("published.jsonl")));
    }
}
