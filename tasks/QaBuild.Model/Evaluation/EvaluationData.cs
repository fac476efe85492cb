using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Evaluation;

/// <summary>A row of the split that a model is measured on.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Id">What the manifest calls it; empty when there is none.</param>
/// <param name="Prompt">What the model is asked with; empty for a row that is nothing but text.</param>
/// <param name="Expected">The answer, without its terminator.</param>
/// <param name="Tokens">The whole row.</param>
/// <param name="Trained">Which tokens the loss is taken over: those that training would learn.</param>
/// <param name="AnswerTokens">Tokens of the answer, its terminator included.</param>
public sealed record EvaluationRow(int Line, string Id, string Prompt, string Expected, IReadOnlyList<int> Tokens, IReadOnlyList<bool> Trained, int AnswerTokens);

/// <summary>Rows of the train split that stand before a question, as they were trained on.</summary>
/// <param name="Count">How many.</param>
/// <param name="Text">All of them.</param>
/// <param name="Tokens">The same in tokens, with the beginning of the text where the model wants it.</param>
public sealed record FewShot(int Count, string Text, IReadOnlyList<int> Tokens);

/// <summary>What a model is evaluated on.</summary>
/// <param name="Split">test, mostly; train to see what was learned by heart.</param>
/// <param name="Rows">Of that split.</param>
/// <param name="All">How many rows the split has; more than <paramref name="Rows"/> when a sample was asked for.</param>
/// <param name="FewShot">The examples, or null.</param>
public sealed record EvaluationData(string Split, IReadOnlyList<EvaluationRow> Rows, int All, FewShot? FewShot)
{
    /// <summary>The splits that there are.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["test", "valid", "train"];

    /// <summary>Reads a split of a dataset with the rules of training: the same text, tokens and mask.</summary>
    /// <param name="folder">Of the dataset.</param>
    /// <param name="split">One of <see cref="Splits"/>.</param>
    /// <param name="model">The base.</param>
    /// <param name="chatTemplate">The property <c>ChatTemplate</c>; empty to go by the model.</param>
    /// <param name="recipe">The one that training has.</param>
    /// <param name="most">The most rows, evenly spaced over the split; 0 for all.</param>
    /// <param name="shots">Examples before a question; 0 for none.</param>
    /// <param name="llama">Has the model's vocabulary loaded.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelFaultException">QA7015 to QA7019: all rows that cannot be used.</exception>
    public static async Task<EvaluationData> ReadAsync(
        string folder, string split, BaseModelDescription model, string? chatTemplate, TrainingRecipe recipe, int most, int shots, LlamaProcess llama, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recipe);
        var manifest = DatasetManifest.Read(folder);
        var faults = new FaultList(TrainingData.MostFaults);
        var reader = RowReader.For(model, chatTemplate, recipe.ApplyChatTemplate, manifest);
        var tokenizer = new RowTokenizer(llama, model.AddsBos ? model.Bos?.Id : null);
        var eos = manifest.Eos ?? model.Eos?.Text ?? "";

        var file = split + ".jsonl";
        var learned = await Set(file, recipe, faults).ConfigureAwait(false);
        var train = shots == 0 ? null : await Set(TrainingData.TrainName, recipe, faults).ConfigureAwait(false);
        faults.ThrowIfAny();

        // Asked for answers alone, the same file says where the last answer lies.
        var answers = await Set(file, recipe with { MaskPrompt = true }, faults).ConfigureAwait(false);
        faults.ThrowIfAny();
        var lines = File.ReadAllLines(Path.Combine(folder, file));
        var rows = new List<EvaluationRow>();
        var count = most > 0 ? Math.Min(most, learned.Rows.Count) : learned.Rows.Count;
        for (var i = 0; i < count; i++)
        {
            var at = (int)((long)i * learned.Rows.Count / count);
            var row = learned.Rows[at];
            var text = reader.Read(lines[row.Line - 1]);
            rows.Add(new EvaluationRow(row.Line, row.Id, text.Prompt, WithoutEnd(text.Answer, text.Terminator ?? eos), row.Tokens, row.Trained, LastRun(answers.Rows[at].Trained)));
        }

        return new EvaluationData(split, rows, learned.Rows.Count, train is null ? null : await Examples(train).ConfigureAwait(false));

        Task<TrainingSet> Set(string name, TrainingRecipe how, FaultList found) => new RowFile(reader, tokenizer, llama, how, manifest, eos, found).ReadAsync(Path.Combine(folder, name), mustHaveRows: true, cancellation);

        async Task<FewShot> Examples(TrainingSet set)
        {
            var all = File.ReadAllLines(set.Path);
            var order = new RowOrder(set.Rows.Count, shots, recipe.Seed).Batch(0);
            var prefix = string.Concat(order.SelectMany(r => reader.Read(all[set.Rows[r].Line - 1]).Segments).Select(s => s.Text));
            return new FewShot(order.Length, prefix, await llama.TokenizeAsync(prefix, addSpecial: true, parseSpecial: true, cancellation).ConfigureAwait(false));
        }
    }

    private static string WithoutEnd(string answer, string terminator) =>
        (terminator.Length > 0 && answer.TrimEnd().EndsWith(terminator, StringComparison.Ordinal) ? answer.TrimEnd()[..^terminator.Length] : answer).Trim();

    private static int LastRun(IReadOnlyList<bool> answer)
    {
        var end = answer.Count - 1;
        while (end >= 0 && !answer[end])
        {
            end--;
        }

        var start = end;
        while (start >= 0 && answer[start])
        {
            start--;
        }

        return end - start;
    }
}
