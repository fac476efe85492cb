using QaBuild.Model.Training.Data;

namespace QaBuild.Model.Packaging.Gate;

/// <summary>Chooses what is asked: the same rows for the same dataset.</summary>
/// <param name="reader">Reads rows as they were trained.</param>
/// <param name="terminators">The texts of the tokens that end an answer.</param>
public sealed class GateQuestions(RowReader reader, IReadOnlyList<string> terminators)
{
    /// <summary>Reads questions of a dataset: up to <paramref name="most"/> that were trained and as many of the test split, spread evenly over their files.</summary>
    /// <param name="folder">With train.jsonl and test.jsonl.</param>
    /// <param name="most">Of each.</param>
    /// <exception cref="ModelFaultException">QA7003: a file cannot be read; QA8007: no row asks anything.</exception>
    public IReadOnlyList<GateQuestion> Read(string folder, int most)
    {
        var train = Path.Combine(folder, TrainingData.TrainName);
        var trained = Of(train, isTrained: true, most);
        return trained.Count > 0 ? [.. trained, .. Of(Path.Combine(folder, "test.jsonl"), isTrained: false, most)] : throw new ModelFaultException(ModelFaults.GateHasNoQuestions, train, train);
    }

    private List<GateQuestion> Of(string path, bool isTrained, int most)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }

        // A row of weight n stands n times.
        var rows = lines.Select((line, i) => (Line: line, Number: i + 1)).DistinctBy(r => r.Line).Select(r => Question(r.Line, r.Number, isTrained)).OfType<GateQuestion>().ToArray();
        var count = Math.Min(most, rows.Length);
        return [.. Enumerable.Range(0, count).Select(i => rows[(long)i * rows.Length / count])];
    }

    private GateQuestion? Question(string line, int number, bool isTrained)
    {
        RowText row;
        try
        {
            row = reader.Read(line);
        }
        catch (ModelFaultException fault) when (fault.Code is ModelFaults.TrainingRowMalformed or ModelFaults.ConversationUnwritable)
        {
            // The trainer has told it.
            return null;
        }

        if (row.Prompt.Length == 0 || row.Messages.Count < 2)
        {
            return null;
        }

        var ending = terminators.FirstOrDefault(t => t.Length > 0 && row.Answer.EndsWith(t, StringComparison.Ordinal)) ?? "";
        return new GateQuestion(number, isTrained, [.. row.Messages.SkipLast(1)], row.Prompt, row.Answer[..^ending.Length], ending);
    }
}
