using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QaBuild.Model.Import;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.External;

/// <summary>
/// Another program that trains: mlx-lm on Apple silicon, or whatever a command says. It gets the rows, the recipe in mlx-lm's words and a folder for the adapter, and what it leaves
/// there becomes adapter.gguf as ours would.
/// </summary>
/// <param name="Template">The command, with placeholders.</param>
/// <param name="Model">The base as the user named it.</param>
/// <param name="Gguf">The base as a GGUF.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Data">The dataset's folder.</param>
/// <param name="Folder">Gets what the program needs, and what it makes.</param>
public sealed record ExternalTrainer(string Template, string Model, string Gguf, TrainingRecipe Recipe, string Data, string Folder)
{
    /// <summary>How mlx-lm is run.</summary>
    public const string MlxCommand = "mlx_lm.lora --config {config}";

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Adapter => Path.GetFullPath(Path.Combine(Folder, "adapter"));

    /// <summary>Runs it and takes what it made.</summary>
    /// <param name="reader">Knows the rows' formats.</param>
    /// <param name="output">Gets the adapter.</param>
    /// <param name="say">Hears each line that the program writes.</param>
    /// <param name="note">Hears what is otherwise than with our own trainer.</param>
    /// <param name="before">Is done before anything of <paramref name="output"/> is replaced.</param>
    /// <param name="cancellation">Ends the program and its children.</param>
    /// <returns>Files and folders that were written, below <paramref name="output"/>, and the batches that the recipe comes to.</returns>
    /// <exception cref="ModelFaultException">QA7023: the program failed, or made no adapter; QA7024: the command is none; QA7010: the adapter does not fit the base.</exception>
    public async Task<(IReadOnlyList<string> Outputs, int Iterations)> TrainAsync(RowReader reader, string output, Action<string> say, Action<Reason> note, Action before, CancellationToken cancellation)
    {
        var config = Prepare(reader, note);
        var values = Values(config);
        var command = CommandTemplate.Fill(Template, values);
        await File.WriteAllTextAsync(Path.Combine(Folder, "command.txt"), string.Concat(command.Select(a => a + "\n")), cancellation).ConfigureAwait(false);
        if (Directory.Exists(Adapter))
        {
            Directory.Delete(Adapter, recursive: true);
        }

        Directory.CreateDirectory(Adapter);
        await RunAsync(command, say, cancellation).ConfigureAwait(false);
        return (Take(output, command[0], before, cancellation), config["iters"]!.GetValue<int>());
    }

    private JsonObject Prepare(RowReader reader, Action<Reason> note)
    {
        var data = Path.GetFullPath(Path.Combine(Folder, "data"));
        ExternalRows Rows(string name) => ExternalRows.Write(reader, Path.Combine(Data, name), Path.Combine(data, name));
        var (train, valid) = (Rows(TrainingData.TrainName), Rows(TrainingData.ValidName));
        if (train.Count == 0)
        {
            throw new ModelFaultException(ModelFaults.TrainingDataMissing, Path.Combine(Data, TrainingData.TrainName), Path.Combine(Data, TrainingData.TrainName), new Reason("PromptsEmpty"));
        }

        // mlx-lm has a mask for conversations alone.
        if (Recipe.MaskPrompt && train.HasTexts)
        {
            note(new Reason("TrainerTexts"));
        }

        var recipe = Recipe with { MaskPrompt = Recipe.MaskPrompt && !train.HasTexts };
        var config = MlxConfig.Of(recipe, Directory.Exists(Model) ? Path.GetFullPath(Model) : Model, data, Adapter, train.Count, valid.Count);
        AtomicFile.Write(Path.Combine(Folder, "config.yaml"), s => s.Write(Encoding.UTF8.GetBytes(config.ToJsonString(s_json) + "\n")));
        return config;
    }

    private SortedDictionary<string, string> Values(JsonObject config)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["config"] = Path.GetFullPath(Path.Combine(Folder, "config.yaml")),
            ["dataset"] = Path.GetFullPath(Data),
            ["gguf"] = Path.GetFullPath(Gguf),
            ["out"] = Adapter,
        };
        void Add(string name, JsonNode? value)
        {
            switch (value)
            {
                case JsonObject inner:
                    foreach (var (key, node) in inner)
                    {
                        Add(name.Length == 0 ? key : $"{name}.{key}", node);
                    }

                    break;
                case JsonArray list:
                    values[name] = string.Join(',', list.Select(i => i!.ToString()));
                    break;
                case { } scalar:
                    values[name] = scalar.ToString();
                    break;
            }
        }

        Add("", config);
        return values;
    }

    private static async Task RunAsync(IReadOnlyList<string> command, Action<string> say, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        void Say(string? line)
        {
            if (line is not null)
            {
                lock (start)
                {
                    say(line);
                }
            }
        }

        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw Failed(command[0], new Reason("TrainerNotStarted", e.Message));
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw Failed(command[0], ProcessEnd.Reason(process.ExitCode));
        }
    }

    private List<string> Take(string output, string program, Action before, CancellationToken cancellation)
    {
        var gguf = Path.Combine(Adapter, AdapterExport.GgufName);
        var layout = File.Exists(Path.Combine(Adapter, "adapter_model.safetensors")) ? AdapterExport.PeftName : File.Exists(Path.Combine(Adapter, "adapters.safetensors")) ? AdapterExport.MlxName : null;
        if (!File.Exists(gguf) && layout is null)
        {
            throw Failed(program, new Reason("TrainerNoAdapter", Adapter));
        }

        before();
        var target = Path.Combine(output, AdapterExport.GgufName);
        if (File.Exists(gguf))
        {
            using var stream = File.OpenRead(gguf);
            AtomicFile.Write(target, stream.CopyTo);
        }
        else
        {
            HfImport.ImportAdapter(Adapter, Gguf, target, cancellation);
        }

        // What an earlier run of another trainer left is not this one's.
        foreach (var name in (string[])[AdapterExport.MlxName, AdapterExport.PeftName])
        {
            if (Directory.Exists(Path.Combine(output, name)))
            {
                Directory.Delete(Path.Combine(output, name), recursive: true);
            }
        }

        File.Delete(Path.Combine(output, AdapterExport.WholeName));
        if (layout is null)
        {
            return [AdapterExport.GgufName];
        }

        foreach (var file in (string[])["adapter_config.json", layout == AdapterExport.PeftName ? "adapter_model.safetensors" : "adapters.safetensors"])
        {
            using var stream = File.OpenRead(Path.Combine(Adapter, file));
            AtomicFile.Write(Path.Combine(output, layout, file), stream.CopyTo);
        }

        return [AdapterExport.GgufName, layout];
    }

    private static ModelFaultException Failed(string program, Reason reason) => new(ModelFaults.TrainerFailed, "", program, reason);
}
