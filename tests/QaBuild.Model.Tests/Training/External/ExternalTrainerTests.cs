using System.Text.Json.Nodes;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Tests.Import;
using QaBuild.Model.Tests.Packaging;
using QaBuild.Model.Training.External;
using QaBuild.Model.Training.Recipe;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Training.External;

/// <summary>Other trainers: the exact command and files that they get, and what becomes of what they leave. None of them is installed here; a script stands in for them.</summary>
public sealed class ExternalTrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExternalTrainerTests() => _folder.Write("recipe.yaml", """
        epochs: 2
        batch_size: 4
        learning_rate: 1e-5
        lr_schedule: { name: cosine_decay, warmup: 1 }
        optimizer: adamw
        mask_prompt: true
        num_layers: 8
        lora_parameters: { rank: 3, scale: 1.5, keys: [q_proj, v_proj] }
        """);

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Mlx_gets_its_own_configuration_file_and_conversations_and_its_adapter_becomes_ours()
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(Place("base"));
        var gguf = BaseModel.Resolve(Place("base"), Place("work")).GgufPath;
        using (var made = new RandomAdapter(gguf, Place("made")))
        {
        }

        _folder.Write("data/train.jsonl", string.Concat(Enumerable.Range(1, 6).Select(i => $$"""{"conversations":[{"from":"human","value":"问{{i}}"},{"from":"gpt","value":"<答>{{i}}"}]}""" + "\n")));
        _folder.Write("data/valid.jsonl", """{"conversations":[{"from":"system","value":"s"},{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""" + "\n");
        Script("bin/mlx_lm.lora", $"printf '%s\\n' \"$@\" > '{Place("arguments.txt")}'; echo 'Iter 1: Train loss 1.5'; cp -r '{Place("made", "adapter-mlx")}/.' '{Place("out", "train", "adapter")}'");

        (await Train("--trainer", "mlx", "--model", Place("base"))).Exits(0).Says("Iter 1: Train loss 1.5").Says("trained by mlx.");

        Assert.Equal(["--config", Place("out", "train", "config.yaml")], await File.ReadAllLinesAsync(Place("arguments.txt")));
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Place("out", "train", "config.yaml")))!;
        Assert.Equal(
            $$$"""
            {"model":"{{{Place("base")}}}","train":true,"data":"{{{Place("out", "train", "data")}}}","adapter_path":"{{{Place("out", "train", "adapter")}}}","fine_tune_type":"lora","num_layers":8,"batch_size":1,"iters":3,
            "val_batches":25,"learning_rate":0.00001,"steps_per_report":10,"steps_per_eval":200,"save_every":100,"max_seq_length":2048,"grad_checkpoint":false,"grad_accumulation_steps":1,"seed":0,"mask_prompt":true,
            "optimizer":"adamw","optimizer_config":{"adamw":{"betas":[0.9,0.999],"eps":0.00000001,"bias_correction":false,"weight_decay":0.01}},
            "lora_parameters":{"rank":3,"scale":1.5,"dropout":0.0,"keys":["self_attn.q_proj","self_attn.v_proj"]},
            "lr_schedule":{"name":"cosine_decay","arguments":[0.00001,1.0],"warmup":1,"warmup_init":0.0}}
            """.ReplaceLineEndings(""),
            config.ToJsonString());
        Assert.Equal("""{"messages":[{"role":"user","content":"问1"},{"role":"assistant","content":"<答>1"}]}""", (await File.ReadAllLinesAsync(Place("out", "train", "data", "train.jsonl")))[0]);
        Assert.Equal("""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""" + "\n", await File.ReadAllTextAsync(Place("out", "train", "data", "valid.jsonl")));

        // What mlx-lm writes is a recipe here, too: nothing was lost on the way.
        Assert.Empty(RecipeReader.Read(Place("out", "train", "config.yaml")).Warnings);
        using (var expected = GgufFile.Open(Place("made", "adapter.gguf")))
        using (var ours = GgufFile.Open(Place("out", "adapter.gguf")))
        {
            Assert.Equal(expected.Tensors.Select(t => t.Name).Order(), ours.Tensors.Select(t => t.Name).Order());
            Assert.All(expected.Tensors, t => Assert.True(t.Read(0, (int)t.Bytes).SequenceEqual(ours.Find(t.Name)!.Read(0, (int)t.Bytes)), t.Name));
        }

        (await Train("--trainer", "mlx", "--model", Place("base"))).Exits(0).Says("is up to date");
    }

    [UnixFact]
    public async Task Plain_rows_go_to_mlx_as_text_which_it_learns_whole()
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(Place("base"));
        _folder.Write("data/train.jsonl", """{"frage":"q","antwort":"a<end>"}""" + "\n");
        _folder.Write("data/manifest.json", """{"options":{"PromptFeature":"frage","CompletionFeature":"antwort"}}""");
        Script("bin/mlx_lm.lora", "exit 3");

        (await Train("--trainer", "mlx", "--model", Place("base"))).Exits(1).Says("mlx-lm has no mask").Says("error QA7023: The trainer 'mlx_lm.lora' failed: it ended with exit code 3");

        Assert.Equal("""{"text":"qa<end>"}""" + "\n", await File.ReadAllTextAsync(Place("out", "train", "data", "train.jsonl")));
        Assert.False(JsonNode.Parse(await File.ReadAllTextAsync(Place("out", "train", "config.yaml")))!["mask_prompt"]!.GetValue<bool>());
    }

    [UnixFact]
    public async Task A_command_gets_its_placeholders_filled_and_no_shell_reads_it()
    {
        _folder.Write("data/train.jsonl", """{"prompt":"q","completion":"a"}""" + "\n");
        var tiny = BaseModel.Resolve("tiny", Place("work")).GgufPath;
        using (var made = new RandomAdapter(tiny, Place("made")))
        {
        }

        Script("bin/torchrun", $"printf '%s\\n' \"$@\" > '{Place("arguments.txt")}'; cp '{Place("made", "adapter-peft")}'/* '{Place("out", "train", "adapter")}'");

        (await Train("--trainer", "command", "--model", "tiny", "--command", "torchrun --nproc 2 'my script.py' \"--data={dataset}\" {data}/train.jsonl {lora_parameters.rank} {lora_parameters.keys} {iters} {out} {gguf} $HOME;ls"))
            .Exits(0).Says("trained by command torchrun");

        Assert.Equal(
            ["--nproc", "2", "my script.py", $"--data={Place("data")}", Place("out", "train", "data") + "/train.jsonl", "3", "self_attn.q_proj,self_attn.v_proj", "2", Place("out", "train", "adapter"), tiny, "$HOME;ls"],
            await File.ReadAllLinesAsync(Place("arguments.txt")));
        Assert.Equal((await File.ReadAllLinesAsync(Place("arguments.txt"))).Prepend("torchrun"), await File.ReadAllLinesAsync(Place("out", "train", "command.txt")));
        Assert.True(File.Exists(Place("out", "adapter.gguf")));
        Assert.True(File.Exists(Place("out", "adapter-peft", "adapter_model.safetensors")));
    }

    [UnixFact]
    public async Task A_trainer_that_fails_or_leaves_nothing_is_an_error_and_the_adapter_from_before_stays()
    {
        _folder.Write("data/train.jsonl", """{"prompt":"q","completion":"a"}""" + "\n");
        _folder.Write("out/adapter.gguf", "from before");
        async Task Fails(string says, params string[] arguments) => (await Train(["--model", "tiny", .. arguments])).Exits(1).Says(says);

        await Fails("error QA7023: The trainer 'true' failed: it left no adapter in", "--trainer", "command", "--command", "true");
        await Fails("error QA7023: The trainer 'no-such-program' failed: it could not be started", "--trainer", "command", "--command", "no-such-program {out}");
        await Fails("error QA7024: TrainCommand cannot be used: it has the unknown placeholder {where}; valid ones are {adapter_path}, {batch_size}", "--trainer", "command", "--command", "true {where}");
        await Fails("error QA7024: TrainCommand cannot be used: the quote ' is not closed.", "--trainer", "command", "--command", "true 'a");
        await Fails("error QA7024: TrainCommand cannot be used: it is empty", "--trainer", "command");
        await Fails("error QA7024: Trainer cannot be used: 'jax' is none of qabuild, mlx and command.", "--trainer", "jax");
        await Fails("error QA7024: BaseModel cannot be used: mlx-lm reads no GGUF", "--trainer", "mlx");
        _folder.Write("data/train.jsonl", "[]\n{}\n");
        await Fails("train.jsonl(2,1): error QA7015", "--trainer", "command", "--command", "true");

        Assert.Equal("from before", await File.ReadAllTextAsync(Place("out", "adapter.gguf")));
    }

    [Fact]
    public void Quotes_hold_an_argument_together_and_an_empty_one_is_an_argument() =>
        Assert.Equal(["a b", "c", "", "x d e y", "{not one}"], CommandTemplate.Fill(" 'a b'  c \"\" \"x {v} y\" '{not one}' ", new Dictionary<string, string> { ["v"] = "d e" }));

    private async Task<Ran> Train(params string[] arguments)
    {
        var path = new Dictionary<string, string> { ["PATH"] = Place("bin") + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH") };
        using var train = Command.Dotnet(
            _folder.Path, path, [Path.Combine(AppContext.BaseDirectory, "qabuild.dll"), "train", "--data", Place("data"), "--config", Place("recipe.yaml"), "--out", Place("out"), "--work", Place("work"), .. arguments]);
        return await train.Ends();
    }

    private void Script(string name, string body)
    {
        var path = _folder.Write(name, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string Place(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}

/// <summary>A test whose stand-in for a program is a script of the shell.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "needs a shell of Unix" : null;
}
