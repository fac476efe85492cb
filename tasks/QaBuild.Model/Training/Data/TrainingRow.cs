using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Data;

/// <summary>A row in the tokens of the base model.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Id">What the manifest calls it; empty when there is none.</param>
/// <param name="Tokens">The tokens.</param>
/// <param name="Trained">Which of them are learned, given those before.</param>
public sealed record TrainingRow(int Line, string Id, IReadOnlyList<int> Tokens, IReadOnlyList<bool> Trained)
{
    /// <summary>How many tokens are learned. The first follows nothing and is none of them.</summary>
    public int TrainedTokens { get; } = Trained.Skip(1).Count(t => t);

    /// <summary>Rows laid end to end: nothing is padded, and none sees another.</summary>
    public static Batch BatchOf(IReadOnlyList<TrainingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (tokens, targets, starts) = (new List<int>(), new List<int>(), new List<int>());
        foreach (var row in rows)
        {
            starts.Add(tokens.Count);
            for (var i = 0; i + 1 < row.Tokens.Count; i++)
            {
                tokens.Add(row.Tokens[i]);
                targets.Add(row.Trained[i + 1] ? row.Tokens[i + 1] : Batch.NoTarget);
            }
        }

        return new Batch([.. tokens], [.. targets], starts);
    }
}
