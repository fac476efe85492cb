using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>The machine, its language and its clock are no part of a dataset.</summary>
public sealed class SameBytesTests
{
    [Fact]
    public async Task Neither_culture_nor_time_zone_nor_threads_nor_folders_change_a_byte()
    {
        using var project = new SdkProject();
        Fill(project);
        (await project.Build()).Exits(0);
        var expected = project.Outputs(times: false);

        project.Environment["LC_ALL"] = "tr_TR.UTF-8";
        project.Environment["DOTNET_CLI_UI_LANGUAGE"] = "tr";
        project.Environment["TZ"] = "Asia/Kathmandu";
        project.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        (await project.Build("-p:DatasetDir=turkish")).Exits(0);
        Assert.Equal(expected, project.Outputs(project.Place("turkish"), times: false));

        // Another checkout, whose files come in another order from its disk, built from a folder that is not the project's.
        using var copy = new SdkProject(below: "Ein anderer Ordner/i");
        Fill(copy, backwards: true);
        using var build = Command.Dotnet(Path.GetTempPath(), new Dictionary<string, string> { ["LC_ALL"] = "zh_CN.UTF-8", ["DOTNET_PROCESSOR_COUNT"] = "8" }, "build", copy.File, "-nologo", "-tl:off");
        (await build.Ends()).Exits(0);
        Assert.Equal(expected, copy.Outputs(times: false));
    }

    private static void Fill(SdkProject project, bool backwards = false)
    {
        var numbers = Enumerable.Range(1, 300);
        foreach (var number in backwards ? numbers.Reverse() : numbers)
        {
            var front = number % 3 == 0 ? $"tags: [I-ı-i]\nparaphrases:\n  - WHICH INDEX IS {number}?\n  - 索引 {number}?" : "";
            project.Write($"kb/job_Iı/skill_İndex/qa_l_{number:d3}.md", Qa.Text($"What is Index {number}?", $"It is {number}.5, ½.", "Iı", "İndex", related: number % 7 == 0 ? $"qa_l_{number - 1:d3}.md" : "none", front: front));
        }

        project.Write("kb/docs/İndex.md", "# İndex\n\nI ı İ i.\n");
    }
}
