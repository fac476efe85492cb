using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Export;
using QaBuild.Model.Training.External;
using QaBuild.Model.Training.Recipe;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary>What <c>qabuild train</c> was asked to do.</summary>
/// <param name="Model">The base; null for the recipe's.</param>
/// <param name="Data">The dataset's folder.</param>
/// <param name="Recipe">Its file, or null.</param>
/// <param name="Overrides">Keys that are set over it.</param>
/// <param name="Output">Gets the adapter.</param>
/// <param name="Work">Gets imported models.</param>
/// <param name="ChatTemplate">Or null for the model's own.</param>
/// <param name="Threads">0 for one a processor.</param>
/// <param name="Force">From the beginning, even if nothing changed.</param>
/// <param name="Libraries">Of llama.cpp, or null.</param>
/// <param name="Question">Says whether there is work, and does none.</param>
/// <param name="Trainer">qabuild, mlx or command.</param>
/// <param name="Command">With placeholders; of the trainer <c>command</c>.</param>
internal sealed record TrainRun(
    string? Model, string Data, string? Recipe, IReadOnlyList<KeyValuePair<string, string>> Overrides, string Output, string Work, string? ChatTemplate, int Threads, bool Force, string? Libraries,
    bool Question, string Trainer, string? Command)
{
    private const string Mlx = "mlx";
    private const string Other = "command";

    private string RunFolder => Path.Combine(Output, "train");

    private string TrainerName => Trainer switch
    {
        "" or "qabuild" => TrainingInputs.OwnTrainer,
        Mlx => Mlx,
        Other => $"{Other} {Command}",
        _ => throw new ModelFaultException(ModelFaults.TrainingSetting, "", "Trainer", new Reason("TrainerUnknown", Trainer)),
    };

    public async Task<int> ExecuteAsync(CancellationToken cancellation)
    {
        using var stop = new StopFile(cancellation);
        return await ExecuteStoppableAsync(stop.Token);
    }

    private async Task<int> ExecuteStoppableAsync(CancellationToken cancellation)
    {
        var loaded = RecipeReader.Read(Recipe, Overrides);
        foreach (var warning in loaded.Warnings)
        {
            Tell(ModelFaultReport.Of(warning));
        }

        var model = Resolve(Model ?? loaded.Recipe.Model, Work, cancellation);
        var record = Force ? null : TrainingRecord.Read(Output);
        var inputs = TrainingInputs.Of(TrainerName, model.Gguf, ChatTemplate, loaded.Recipe, Data, record?.Inputs);
        if (Why(record, inputs) is not { Count: > 0 } reasons)
        {
            Tell("TrainUpToDate", Output, record!.Iterations, Shown(record.TrainLoss), Shown(record.ValidLoss));
            return ExitCode.Success;
        }

        if (Question)
        {
            // As MSBuild reads errors that have no code.
            reasons.ForEach(r => Console.WriteLine($"qabuild : error : {Catalogue.Default.Format(r, CultureInfo.CurrentUICulture)}"));
            return ExitCode.Failed;
        }

        reasons.ForEach(Tell);
        Directory.CreateDirectory(RunFolder);
        using var alone = RunLock.Take(RunFolder);
        if (Force)
        {
            File.Delete(Path.Combine(RunFolder, TrainingRun.CheckpointName));
        }

        if (TrainerName != TrainingInputs.OwnTrainer)
        {
            await TrainElsewhereAsync(model, loaded.Recipe, inputs, cancellation);
            return ExitCode.Success;
        }

        var data = await ReadAsync(model, loaded.Recipe, cancellation);
        if (data.Train.Cut + data.Valid.Cut is > 0 and var cut)
        {
            Tell(ModelFaultReport.Of(new ModelFaultException(ModelFaults.TrainingRowsCut, "", cut, loaded.Recipe.MaxSequenceLength)));
        }

        await Task.Run(() => Train(model, loaded.Recipe, inputs, data, cancellation), CancellationToken.None);
        return ExitCode.Success;
    }

    private void Train(BaseModelDescription model, TrainingRecipe recipe, TrainingInputs inputs, TrainingData data, CancellationToken cancellation)
    {
        using var report = new TrainReport();
        using var file = GgufFile.Open(model.Gguf);
        var run = new TrainingRun(recipe, data, RunFolder, inputs.Key, report.Hear);
        run.Execute(
            file,
            Threads,
            (adapter, weights, state) =>
            {
                // Without the record an adapter is none that could be up to date, whatever a kill leaves.
                TrainingRecord.Delete(Output);
                report.End();
                foreach (var said in AdapterExport.WriteAll(Output, adapter, weights, file, model.Name, cancellation))
                {
                    Tell(ModelFaultReport.Of(said));
                }

                var outputs = new[] { AdapterExport.GgufName, AdapterExport.WholeName, AdapterExport.MlxName, AdapterExport.PeftName }.Where(o => Path.Exists(Path.Combine(Output, o)));
                var valid = state.BestLoss ?? state.ValidLoss;
                new TrainingRecord(inputs, [.. outputs], state.Iteration, state.TrainLoss, valid).Write(Output);
                Tell("TrainDone", Output, state.Iteration, Shown(state.TrainLoss), Shown(valid));
            },
            cancellation);
    }

    private async Task TrainElsewhereAsync(BaseModelDescription model, TrainingRecipe recipe, TrainingInputs inputs, CancellationToken cancellation)
    {
        var name = Model ?? recipe.Model!;
        if (Trainer == Mlx && !Directory.Exists(name))
        {
            throw new ModelFaultException(ModelFaults.TrainingSetting, "", "BaseModel", new Reason("TrainerWantsFolder", name));
        }

        var trainer = new ExternalTrainer(Trainer == Mlx ? ExternalTrainer.MlxCommand : Command ?? "", name, model.Gguf, recipe, Data, RunFolder);
        var reader = RowReader.For(model, ChatTemplate, recipe.ApplyChatTemplate, DatasetManifest.Read(Data));
        var (outputs, iterations) = await trainer.TrainAsync(reader, Output, Console.WriteLine, note => Tell((Phrase)ModelFaultReport.Argument(note)), () => TrainingRecord.Delete(Output), cancellation);
        new TrainingRecord(inputs, outputs, iterations, null, null).Write(Output);
        Tell("TrainDoneElsewhere", Output, TrainerName);
    }

    /// <summary>The base, with weights.</summary>
    /// <param name="model">As it was named; null when nothing names one.</param>
    /// <param name="work">Gets imported models.</param>
    /// <param name="cancellation">Ends an import.</param>
    public static BaseModelDescription Resolve(string? model, string work, CancellationToken cancellation)
    {
        var name = model ?? throw new ModelFaultException(ModelFaults.TrainingSetting, "", "BaseModel", new Reason("TrainNoModel"));
        var resolved = BaseModelCommand.Resolve(name, work, cancellation);
        return resolved.HasWeights ? BaseModelDescription.Of(resolved) : throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", name, new Reason("ModelNoWeights"));
    }

    private async Task<TrainingData> ReadAsync(BaseModelDescription model, TrainingRecipe recipe, CancellationToken cancellation)
    {
        var folder = await LlamaCpp.LocateOrRestoreAsync(Libraries, into => GenerateCommand.Tell("LlamaRestoring", into), cancellation);
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(folder));
        await llama.LoadAsync(model.Gguf, new LoadOptions { VocabularyOnly = true }, cancellation);
        return await TrainingData.ReadAsync(Data, model, ChatTemplate, recipe, llama, cancellation);
    }

    private List<Phrase> Why(TrainingRecord? record, TrainingInputs inputs)
    {
        if (record is null)
        {
            return [new Phrase("TrainWhyNever")];
        }

        var changes = inputs.ChangesSince(record.Inputs).Select(c => new Phrase("TrainWhy", ModelFaultReport.Argument(c))).ToList();
        return changes.Count == 0 && record.Missing(Output) is { } missing ? [new Phrase("TrainWhyMissing", missing)] : changes;
    }

    private static string Shown(double? loss) => loss is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "–";

    private static void Tell(Diagnostic diagnostic) => Console.WriteLine(diagnostic.ToString(CultureInfo.CurrentUICulture));

    private static void Tell(string phrase, params object[] arguments) => Tell(new Phrase(phrase, arguments));

    private static void Tell(Phrase phrase) => Console.WriteLine(Catalogue.Default.Format(phrase, CultureInfo.CurrentUICulture));
}
