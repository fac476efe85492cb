using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>Builds at the same time.</summary>
public sealed class ParallelTests
{
    [Fact]
    public async Task Projects_over_one_kb_build_side_by_side()
    {
        using var project = SdkProject.WithSixQuestions();
        (await project.Build()).Exits(0);
        (await project.Build("-p:DatasetFormat=chat", "-p:DatasetDir=expected")).Exits(0);
        project.AddProject("Plain.proj", "<PropertyGroup><DatasetDir>plain</DatasetDir></PropertyGroup>");
        project.AddProject("Chat.proj", "<PropertyGroup><DatasetDir>chat</DatasetDir><DatasetFormat>chat</DatasetFormat></PropertyGroup>");
        var all = project.Write("All.proj", """
            <Project DefaultTargets="Build">
              <Target Name="Restore" />
              <Target Name="Build">
                <MSBuild Projects="Plain.proj;Chat.proj" BuildInParallel="true" />
              </Target>
            </Project>
            """);

        using var build = Command.Dotnet(project.Folder, null, "build", all, "-nologo", "-tl:off", "-m:2");
        (await build.Ends()).Exits(0).Says("Plain -> ").Says("Chat -> ");

        Assert.Equal(project.Outputs(times: false), project.Outputs(project.Place("plain"), times: false));
        Assert.Equal(project.Outputs(project.Place("expected"), times: false), project.Outputs(project.Place("chat"), times: false));
    }

    [Fact]
    public async Task Two_builds_of_one_project_at_once_end_well_or_say_why_not()
    {
        using var project = new SdkProject();
        for (var number = 1; number <= 1000; number++)
        {
            project.Ask(number);
        }

        (await project.Build("-p:DatasetDir=expected")).Exits(0);
        var expected = project.Outputs(project.Place("expected"), times: false);

        for (var round = 0; round < 3; round++)
        {
            if (Directory.Exists(project.Dataset))
            {
                Directory.Delete(project.Dataset, recursive: true);
            }

            using var first = await project.Start();
            using var second = await project.Start();
            Ran[] both = [await first.Ends(), await second.Ends()];

            Assert.All(both, b => Assert.True(b.ExitCode == 0 || b.Output.Contains("error QA1028", StringComparison.Ordinal), b.Output));
            if (Array.Exists(both, b => b.ExitCode == 0))
            {
                Assert.Equal(expected, project.Outputs(times: false));
            }

            (await project.Build()).Exits(0);
            Assert.Equal(expected, project.Outputs(times: false));
        }
    }
}
