using QaBuild.Model.Tests.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.Run;

/// <summary><c>qabuild train</c> as a process: killed, interrupted, gone on with, and left alone when nothing changed.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private const int Kills = 20;
    private const string Long = "--iters=160";
    private readonly TemporaryFolder _folder = new();

    public TrainCommandTests()
    {
        _folder.Write("data/train.jsonl", string.Concat(Enumerable.Range(1, 7).Select(i => $$"""{"prompt":"Q{{i}}?","completion":"{{i * 37}}<|endoftext|>"}""" + "\n")));
        _folder.Write("data/valid.jsonl", """{"prompt":"Q9?","completion":"9<|endoftext|>"}""" + "\n");
        _folder.Write("recipe.yaml", """
            iters: 24
            batch_size: 3
            grad_accumulation_steps: 2
            learning_rate: 1e-3
            mask_prompt: true
            num_layers: -1
            save_every: 4
            steps_per_eval: 20
            lora_parameters: { rank: 4, scale: 2, dropout: 0.1 }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [LlamaFact]
    public async Task Killed_at_twenty_moments_a_run_ends_with_the_same_bytes()
    {
        using (var whole = Train("whole", Long))
        {
            (await whole.Ends()).Exits(0);
        }

        // The moments: after something that the run says, and what it does until the kill arrives. A run that was quicker than its killer is followed by another.
        string[] moments = ["numbers trained", "Saved a checkpoint", "Train loss", "Saved a checkpoint"];
        var (kills, resumed, folder) = (0, 0, 0);
        while (kills < Kills)
        {
            using var run = Train($"killed{folder}", Long);
            if (!await run.SaysOrEnds(moments[kills % moments.Length]))
            {
                (await run.Ends()).Exits(0);
                folder++;
                continue;
            }

            run.Kill();
            resumed += (await run.Ends()).Output.Contains("Going on after iteration", StringComparison.Ordinal) ? 1 : 0;
            kills++;
        }

        using var last = Train($"killed{folder}", Long);
        (await last.Ends()).Exits(0);
        Assert.True(resumed > Kills / 2, $"{resumed} runs went on from a checkpoint");
        Assert.All(Enumerable.Range(0, folder + 1), f => Assert.Equal(Bytes("whole"), Bytes($"killed{f}")));
    }

    [LlamaFact]
    public async Task An_interrupted_run_saves_where_it_is_and_says_130()
    {
        using var run = Train("out", "--iters", "100000", "--save-every", "100000");
        await run.Says("Iter 10: Train loss");
        await run.Interrupt();
        (await run.Ends()).Exits(130).Says("Saved a checkpoint");

        using var next = Train("out", "--iters", "100000", "--save-every", "100000");
        await next.Says("Going on after iteration");
    }

    [LlamaFact]
    public async Task A_run_says_why_it_trains_and_does_nothing_when_nothing_changed()
    {
        await Run(0, "Training: no earlier run ended here.");
        var written = File.GetLastWriteTimeUtc(Place("out", "adapter.gguf"));
        await Run(0, "is up to date: 24 iterations");
        await Run(0, "is up to date", "--steps-per-report", "1", "--save-every", "9");
        Assert.Equal(written, File.GetLastWriteTimeUtc(Place("out", "adapter.gguf")));

        await Run(0, "Training: learning_rate was 0.001 and is 0.01.", "--learning-rate", "0.01");
        await Run(0, "Training: learning_rate was 0.01 and is 0.001.");
        _folder.Write("data/valid.jsonl", """{"prompt":"Q8?","completion":"8<|endoftext|>"}""" + "\n");
        await Run(0, "Training: valid.jsonl changed.");
        File.Delete(Place("out", "adapter.gguf"));
        await Run(0, "Training: 'adapter.gguf' is missing.");
        Assert.True(File.Exists(Place("out", "adapter.gguf")));
        await Run(0, "Iter 24: Val loss", "--force");
    }

    [LlamaFact]
    public async Task A_second_run_in_the_same_folder_does_not_begin_and_a_kill_leaves_no_lock()
    {
        using var first = Train("out", "--iters", "100000");
        await first.Says("Iter 10: Train loss");
        await Run(1, $"error QA7026: Another process is training in '{Place("out", "train")}'.");
        using (var elsewhere = Train("other", "--iters", "100000"))
        {
            await elsewhere.Says("Iter 10: Train loss");
        }

        first.Kill();
        await first.Ends();
        await Run(0, "24 iterations");
    }

    [LlamaFact]
    public async Task A_run_that_fails_leaves_the_adapter_from_before()
    {
        await Run(0, "24 iterations");
        var before = Bytes("out");

        await Run(1, "error QA7020: Training went astray in iteration ", "--learning-rate", "100", "--set", "lora_parameters.scale=1e6");
        await Run(1, "nowhere.yaml: error QA7012: The recipe", "--config", Place("nowhere.yaml"));
        await Run(1, "train.jsonl(1,1): error QA7018: The row '–' has ", "--max-seq-length", "3");
        await Run(1, "error QA7019: There is nothing to learn", "--data", _folder.Path);

        Assert.Equal(before, Bytes("out"));
        await Run(0, "is up to date");
    }

    private async Task Run(int exits, string says, params string[] arguments)
    {
        using var run = Train("out", arguments);
        (await run.Ends()).Exits(exits).Says(says);
    }

    private Command Train(string output, params string[] arguments)
    {
        string[] defaults = ["--data", Place("data"), "--config", Place("recipe.yaml")];
        var given = defaults.Chunk(2).Where(d => !arguments.Contains(d[0])).SelectMany(d => d);
        return Command.Dotnet(_folder.Path, null, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "train", "--model", "tiny", "--work", Place("work"), "--threads", "1", "--out", Place(output), .. given, .. arguments]);
    }

    private byte[] Bytes(string output) => File.ReadAllBytes(Place(output, "adapter.gguf"));

    private string Place(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
