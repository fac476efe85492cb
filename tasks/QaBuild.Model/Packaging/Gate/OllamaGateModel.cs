using QaBuild.Model.Packaging.Ollama;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>A model as Ollama runs it: with its own template, system message and stops. It does not tell likelihoods.</summary>
/// <param name="client">The server.</param>
/// <param name="name">With its tag.</param>
public sealed class OllamaGateModel(OllamaClient client, string name) : IGateModel
{
    /// <inheritdoc/>
    public async Task<GateAnswer> AnswerAsync(GateQuestion question, int mostTokens, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(question);
        var answer = await client.ChatAsync(name, question.Messages, mostTokens, cancellation).ConfigureAwait(false);
        return new GateAnswer(answer.Text, answer.Stopped);
    }

    /// <inheritdoc/>
    public Task<double[]?> ScoreAsync(GateQuestion question, CancellationToken cancellation) => Task.FromResult<double[]?>(null);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
