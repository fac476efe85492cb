using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.Data;

/// <summary>The rows of a file, in tokens.</summary>
/// <param name="Path">As the user named it.</param>
/// <param name="Rows">In the file's order.</param>
/// <param name="Cut">How many rows were cut to the longest that the recipe allows.</param>
public sealed record TrainingSet(string Path, IReadOnlyList<TrainingRow> Rows, int Cut)
{
    /// <summary>Tokens of all rows.</summary>
    public long Tokens { get; } = Rows.Sum(r => (long)r.Tokens.Count);

    /// <summary>Tokens that are learned.</summary>
    public long TrainedTokens { get; } = Rows.Sum(r => (long)r.TrainedTokens);

    /// <summary>Tokens of the longest row.</summary>
    public int Longest { get; } = Rows.Select(r => r.Tokens.Count).DefaultIfEmpty().Max();
}

/// <summary>The rows of a dataset, in tokens.</summary>
/// <param name="Train">What is learned.</param>
/// <param name="Valid">What the loss is watched on; may have no rows.</param>
public sealed record TrainingData(TrainingSet Train, TrainingSet Valid)
{
    // A file whose every row has the same fault shall not bury the others' messages.
    internal const int MostFaults = 1000;

    /// <summary>The name of the rows that are learned.</summary>
    public const string TrainName = "train.jsonl";

    /// <summary>The name of the rows that the loss is watched on.</summary>
    public const string ValidName = "valid.jsonl";

    /// <summary>Reads a dataset's folder.</summary>
    /// <param name="folder">With train.jsonl, and valid.jsonl and manifest.json or not.</param>
    /// <param name="model">The base.</param>
    /// <param name="chatTemplate">The property <c>ChatTemplate</c>; empty to go by the model.</param>
    /// <param name="recipe">How.</param>
    /// <param name="llama">Has the model's vocabulary loaded.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelFaultException">QA7015 to QA7019: all rows that cannot be learned.</exception>
    public static async Task<TrainingData> ReadAsync(string folder, BaseModelDescription model, string? chatTemplate, TrainingRecipe recipe, LlamaProcess llama, CancellationToken cancellation = default)
    {
        var manifest = DatasetManifest.Read(folder);
        var faults = new FaultList(MostFaults);
        var tokenizer = new RowTokenizer(llama, model.AddsBos ? model.Bos?.Id : null);

        // What lies beyond its context a model has never seen.
        recipe = model.Context > 0 ? recipe with { MaxSequenceLength = (int)Math.Min(recipe.MaxSequenceLength, model.Context) } : recipe;
        var reader = new RowFile(RowReader.For(model, chatTemplate, recipe.ApplyChatTemplate, manifest), tokenizer, llama, recipe, manifest, manifest.Eos ?? model.Eos?.Text ?? "", faults);
        var train = await reader.ReadAsync(System.IO.Path.Combine(folder, TrainName), mustHaveRows: true, cancellation).ConfigureAwait(false);
        var valid = await reader.ReadAsync(System.IO.Path.Combine(folder, ValidName), mustHaveRows: false, cancellation).ConfigureAwait(false);
        faults.ThrowIfAny();
        return new TrainingData(train, valid);
    }
}
