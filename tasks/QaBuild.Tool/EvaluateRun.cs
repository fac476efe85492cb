using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Emission;
using QaBuild.Model;
using QaBuild.Model.Evaluation;
using QaBuild.Model.Gguf;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Recipe;
using QaBuild.Model.Training.Run;

namespace QaBuild.Tool;

/// <summary>What <c>qabuild evaluate</c> was asked to do.</summary>
/// <param name="Model">The base; null for the recipe's.</param>
/// <param name="Adapter">What was trained on it, or null.</param>
/// <param name="Data">The dataset's folder.</param>
/// <param name="Recipe">Its file, or null.</param>
/// <param name="Overrides">Keys that are set over it.</param>
/// <param name="Output">Gets the result.</param>
/// <param name="Work">Gets imported models.</param>
/// <param name="ChatTemplate">Or null for the model's own.</param>
/// <param name="Libraries">Of llama.cpp, or null.</param>
internal sealed record EvaluateRun(
    string? Model, string? Adapter, string Data, string? Recipe, IReadOnlyList<KeyValuePair<string, string>> Overrides, string Output, string Work, string? ChatTemplate, string? Libraries)
{
    /// <summary>Of rows that were measured.</summary>
    private const string CacheName = "evaluation.cache";

    /// <summary>Which rows are asked.</summary>
    public string Split { get; init; } = EvaluationData.Splits[0];

    /// <summary>Rows of the train split before each question.</summary>
    public int Examples { get; init; }

    /// <summary>The most rows; 0 for all.</summary>
    public int Rows { get; init; }

    /// <summary>Of an answer; 0 for what its row needs.</summary>
    public int MaxTokens { get; init; }

    /// <summary>0 for one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>What fails the run.</summary>
    public EvaluationGates Gates { get; init; } = new(null, null, null);

    public async Task<int> ExecuteAsync(CancellationToken cancellation)
    {
        var recipe = RecipeReader.Read(Recipe, Overrides).Recipe;
        var model = TrainRun.Resolve(Model ?? recipe.Model, Work, cancellation);
        var identity = BaseIdentity.Of(model.Gguf, TrainingRecord.Read(Output)?.Inputs.Base).Sha256;
        var folder = await LlamaCpp.LocateOrRestoreAsync(Libraries, into => GenerateCommand.Tell("LlamaRestoring", into), cancellation);
        await using var llama = LlamaProcess.Start(LlamaHost.Beside(folder));
        await llama.LoadAsync(model.Gguf, new LoadOptions { VocabularyOnly = true }, cancellation);
        var data = await EvaluationData.ReadAsync(Data, Split, model, ChatTemplate, recipe, Rows, Examples, llama, cancellation);
        var models = Models(model.Gguf, identity, data.FewShot, cancellation);
        var columns = new List<(string, ModelEvaluation)>();
        using (var cache = new EvaluationCache(Path.Combine(Output, CacheName)))
        {
            using var line = new ProgressLine();
            foreach (var (name, evaluated) in models)
            {
                var before = columns.Count * data.Rows.Count;
                var evaluator = new Evaluator(llama, cache, MaxTokens, Threads, done => line.Show(elapsed => new Phrase(
                    "EvaluateProgress", before + done, models.Count * data.Rows.Count, FuseCommand.Remaining(elapsed, before + done, (long)models.Count * data.Rows.Count))));
                columns.Add((name, await evaluator.MeasureAsync(evaluated, data.Rows, cancellation)));
            }

            cache.Keep();
        }

        var report = new EvaluationReport(model.Name, Adapter is null ? null : Path.GetFileName(Path.TrimEndingDirectorySeparator(Adapter)), data, columns, Gates.Judge(columns[^1].Item2));
        OutputFiles.Write(Path.GetFullPath(Path.Combine(Output, "evaluation.json")), report.ToJson());
        OutputFiles.Write(Path.GetFullPath(Path.Combine(Output, "evaluation.md")), Encoding.UTF8.GetBytes(report.ToMarkdown()));
        Console.Write(report.Table());
        FuseCommand.Say(new Phrase("EvaluateDone", data.Rows.Count, Path.Combine(Output, "evaluation.md")));
        return Judged(report.Gates);
    }

    private static int Judged(IReadOnlyList<GateResult> gates)
    {
        static string Shown(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
        foreach (var gate in gates.Where(g => !g.Passed))
        {
            Console.WriteLine(ModelFaultReport.Of(new ModelFaultException(ModelFaults.EvaluationGate, "", gate.Name, Shown(gate.Limit), Shown(gate.Measured))).ToString(CultureInfo.CurrentUICulture));
        }

        return gates.All(g => g.Passed) ? ExitCode.Success : ExitCode.Failed;
    }

    private List<(string Name, EvaluatedModel Model)> Models(string gguf, string identity, FewShot? examples, CancellationToken cancellation)
    {
        var models = new List<(string, EvaluatedModel)> { (EvaluationReport.Before, new EvaluatedModel(gguf, null, identity)) };
        if (examples is not null)
        {
            models.Add((EvaluationReport.FewShot, new EvaluatedModel(gguf, null, identity, examples)));
        }

        if (Adapter is not null)
        {
            var trained = GenerateCommand.AdapterFile(Adapter, gguf, cancellation)!;
            var hash = FuseCommand.HashOf(trained);
            models.Add((EvaluationReport.After, IsAdapter(trained) ? new EvaluatedModel(gguf, trained, $"{identity} {hash}") : new EvaluatedModel(trained, null, hash)));
        }

        return models;
    }

    // DoRA and full training leave a whole model.
    private static bool IsAdapter(string path)
    {
        using var file = GgufFile.Open(path);
        return file.Text("general.type") == "adapter";
    }
}
