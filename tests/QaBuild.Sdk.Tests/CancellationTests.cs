namespace QaBuild.Sdk.Tests;

/// <summary>Builds that do not come to their end.</summary>
public sealed class CancellationTests
{
    private const int Questions = 3000;

    // Stops the build before a stage until it is cancelled or killed, so that no test depends on how fast a machine is.
    private const string Gate = """
        <Target Name="Gate" BeforeTargets="$(GateBefore)" Condition="'$(GateBefore)' != ''">
          <Message Importance="high" Text="[gate]" />
          <Exec Command="tail -f /dev/null" Condition="'$(GateHolds)' != 'false'" />
        </Target>
        """;

    [Theory]
    [InlineData("LinkSources")]
    [InlineData("EmitDataset")]
    public async Task A_cancelled_build_leaves_the_last_good_dataset(string stage)
    {
        using var project = SdkProject.WithSixQuestions(Gate);
        (await project.Build()).Exits(0);
        var good = project.Outputs();
        project.Ask(7, split: "train");

        using (var build = await project.Start("-p:GateBefore=" + stage))
        {
            await build.Says("[gate]");
            await build.Interrupt();
            Assert.NotEqual(0, (await build.Ends()).ExitCode);
        }

        Assert.Equal(good, project.Outputs());
        Assert.False(await project.IsUpToDate());
        (await project.Build()).Exits(0).Says("train.jsonl 5");
    }

    [Fact]
    public async Task A_killed_build_leaves_the_last_good_dataset_and_the_next_build_succeeds()
    {
        using var project = SdkProject.WithSixQuestions(Gate);
        (await project.Build()).Exits(0);
        var good = project.Outputs();
        project.Ask(7, split: "train");

        using (var build = await project.Start("-p:GateBefore=EmitDataset"))
        {
            await build.Says("[gate]");
            build.Kill();
            Assert.NotEqual(0, (await build.Ends()).ExitCode);
        }

        Assert.Equal(good, project.Outputs());
        (await project.Build()).Exits(0).Says("train.jsonl 5");
    }

    [Fact]
    public async Task No_output_is_ever_half_written_however_a_build_of_thousands_ends()
    {
        using var project = new SdkProject(Gate);
        for (var number = 1; number <= Questions; number++)
        {
            project.Ask(number);
        }

        (await project.Build("-p:DatasetFormat=completions")).Exits(0);
        await EndsWhole("chat", "ParseSources", killed: false);
        await EndsWhole("text", "EmitDataset", killed: false);
        await EndsWhole("chat", "ParseSources", killed: true);
        await EndsWhole("completions", "EmitDataset", killed: true);

        // Another format changes every row, so whatever is written is told from what was there.
        async Task EndsWhole(string format, string stage, bool killed)
        {
            var old = project.Outputs(times: false);
            var option = "-p:DatasetFormat=" + format;
            using (var build = await project.Start(option, "-p:GateHolds=false", "-p:GateBefore=" + stage))
            {
                await build.Says("[gate]");
                if (killed)
                {
                    build.Kill();
                }
                else
                {
                    await build.Interrupt();
                }

                (await build.Ends()).NeverSays("QA0000");
            }

            // Between the moves of a commit some files may be new, but each is whole.
            var left = project.Outputs(times: false);
            (await project.Build(option)).Exits(0);
            var made = project.Outputs(times: false);
            foreach (var name in new[] { "train.jsonl", "valid.jsonl", "test.jsonl", "manifest.json" })
            {
                Assert.NotEqual(old[name], made[name]);
                Assert.True(left[name] == old[name] || left[name] == made[name], $"{name} is neither the old file nor the new one");
            }

            Assert.Equal(old.Keys, made.Keys);
            Assert.True(await project.IsUpToDate(option));
        }
    }
}
