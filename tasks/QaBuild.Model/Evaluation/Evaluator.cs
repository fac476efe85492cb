using System.Globalization;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Evaluation;

/// <summary>A model that is evaluated, in the program that people will run it in.</summary>
/// <param name="Path">Its GGUF.</param>
/// <param name="Adapter">The GGUF of an adapter on top of it, or null.</param>
/// <param name="Identity">Of both, by content.</param>
/// <param name="FewShot">What stands before each question, or null.</param>
public sealed record EvaluatedModel(string Path, string? Adapter, string Identity, FewShot? FewShot = null);

/// <summary>Asks a model all rows: how likely it holds the right answers, and what it answers itself, taking the likeliest token each time.</summary>
/// <param name="llama">llama.cpp; a model is loaded when a row is not known yet.</param>
/// <param name="cache">Knows rows that were asked before.</param>
/// <param name="maxTokens">Of an answer; 0 for twice as many as the right one has, and <see cref="Slack"/>.</param>
/// <param name="threads">0 for one a processor.</param>
/// <param name="progress">Hears how many rows are done.</param>
public sealed class Evaluator(LlamaProcess llama, EvaluationCache cache, int maxTokens, int threads, Action<int> progress)
{
    // Raised when the same question to the same model is put otherwise than before.
    private const string Version = "1";

    /// <summary>What an answer may have more than twice the tokens of the right one: a model that has not stopped by then does not stop.</summary>
    public const int Slack = 32;

    /// <summary>Evaluates a model.</summary>
    /// <exception cref="ModelFaultException">QA7009: llama.cpp refuses the model, or a row is longer than its context.</exception>
    public async Task<ModelEvaluation> MeasureAsync(EvaluatedModel model, IReadOnlyList<EvaluationRow> rows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        var results = new List<RowResult>();
        var loaded = false;
        foreach (var row in rows)
        {
            var key = KeyOf(model, row);
            if (cache.Find(key) is not { } result)
            {
                if (!loaded)
                {
                    await llama.LoadAsync(model.Path, new LoadOptions { Adapter = model.Adapter, Threads = threads }, cancellation).ConfigureAwait(false);
                    loaded = true;
                }

                result = await AskAsync(model, row, cancellation).ConfigureAwait(false);
                cache.Add(key, result);
            }

            results.Add(result);
            progress(results.Count);
        }

        return ModelEvaluation.Of(rows, results);
    }

    private int Limit(EvaluationRow row) => maxTokens > 0 ? maxTokens : (2 * row.AnswerTokens) + Slack;

    private string KeyOf(EvaluatedModel model, EvaluationRow row) => EvaluationCache.KeyOf(
        Version, LlamaCpp.Release, model.Identity, model.FewShot?.Text ?? "", row.Prompt, Limit(row).ToString(CultureInfo.InvariantCulture), string.Join(' ', row.Tokens),
        string.Concat(row.Trained.Select(t => t ? '1' : '0')));

    private async Task<RowResult> AskAsync(EvaluatedModel model, EvaluationRow row, CancellationToken cancellation)
    {
        var before = model.FewShot?.Tokens ?? [];
        var first = Math.Max(1, row.Trained.TakeWhile(t => !t).Count());
        var likelihoods = first >= row.Tokens.Count ? [] : await llama.ScoreAsync([.. before, .. row.Tokens], before.Count + first, cancellation).ConfigureAwait(false);
        var counted = likelihoods.Where((_, i) => row.Trained[first + i]).ToArray();
        if (row.Prompt.Length == 0)
        {
            return new RowResult("", false, -counted.Sum(), counted.Length);
        }

        var generation = await llama.GenerateAsync(Prompt.Raw(model.FewShot?.Text + row.Prompt), new GenerateOptions { MaxTokens = Limit(row) }, cancellation: cancellation).ConfigureAwait(false);
        return new RowResult(generation.Text, generation.Finish == FinishReason.Eos, -counted.Sum(), counted.Length);
    }
}
