using QaBuild.Model.Inference;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.Data;

/// <summary>Reads files of rows into tokens, and holds every row against what a model can learn from.</summary>
/// <param name="reader">Knows the formats.</param>
/// <param name="tokenizer">Cuts rows into tokens.</param>
/// <param name="llama">Has the vocabulary.</param>
/// <param name="recipe">How long a row may be, and what of it is learned.</param>
/// <param name="manifest">Knows the rows' ids.</param>
/// <param name="eos">The token that ends rows which stand as they were compiled; empty when nothing names one.</param>
/// <param name="faults">Gets what is wrong.</param>
internal sealed class RowFile(RowReader reader, RowTokenizer tokenizer, LlamaProcess llama, TrainingRecipe recipe, DatasetManifest manifest, string eos, FaultList faults)
{
    private readonly Dictionary<string, int[]> _terminators = new(StringComparer.Ordinal);

    /// <summary>The rows of a file that can be learned; the others are faults.</summary>
    public async Task<TrainingSet> ReadAsync(string path, bool mustHaveRows, CancellationToken cancellation)
    {
        var (texts, lines) = Texts(path, mustHaveRows);
        var tokenized = await tokenizer.TokenizeAsync(texts, cancellation).ConfigureAwait(false);
        var rows = new List<TrainingRow>();
        var cut = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            var id = manifest.Ids.GetValueOrDefault((Path.GetFileName(path), lines[i]), "");
            var terminator = texts[i].Terminator ?? eos;
            var end = await TerminatorAsync(terminator, cancellation).ConfigureAwait(false);
            var row = Row(tokenized[i].Tokens, tokenized[i].IsAnswer, lines[i], id);
            if (row.Tokens.Count > recipe.MaxSequenceLength && recipe.Truncate)
            {
                row = Cut(row, recipe.MaxSequenceLength);
                cut++;
            }

            if (WhatIsWrong(row, terminator, end) is { } fault)
            {
                faults.Add(new ModelFaultException(fault.Code, path, fault.Arguments) { Line = row.Line, Column = 1 });
                continue;
            }

            rows.Add(row);
        }

        return new TrainingSet(path, rows, cut);
    }

    private (string Code, object[] Arguments)? WhatIsWrong(TrainingRow row, string terminator, int[] end)
    {
        var id = row.Id.Length > 0 ? row.Id : "–";
        if (row.Tokens.Count > recipe.MaxSequenceLength)
        {
            return (ModelFaults.TrainingRowTooLong, [id, row.Tokens.Count, recipe.MaxSequenceLength]);
        }

        if (row.TrainedTokens == 0)
        {
            return (ModelFaults.TrainingRowNoAnswer, [id]);
        }

        if (end.Length != 1)
        {
            return (ModelFaults.TrainingRowNoTerminator, [id, new Reason(terminator.Length == 0 ? "TerminatorNone" : "TerminatorPieces", terminator, end.Length)]);
        }

        var last = LastTrained(row);
        return row.Tokens[last] != end[0] ? (ModelFaults.TrainingRowNoTerminator, [id, new Reason("TerminatorMissing", terminator)])
            : last > 0 && row.Tokens[last - 1] == end[0] ? (ModelFaults.TrainingRowNoTerminator, [id, new Reason("TerminatorTwice", terminator)])
            : null;
    }

    private TrainingRow Row(int[] tokens, bool[] isAnswer, int line, string id)
    {
        // What follows the last answer is never asked for.
        var last = Array.LastIndexOf(isAnswer, true);
        return new TrainingRow(line, id, tokens, recipe.MaskPrompt ? isAnswer : [.. isAnswer.Select((_, i) => i <= last)]);
    }

    // Its last trained token, the terminator, stays.
    private static TrainingRow Cut(TrainingRow row, int length)
    {
        var last = LastTrained(row);
        if (last < 0)
        {
            return row;
        }

        var kept = Math.Min(last, length - 1);
        var trained = row.Trained.Take(kept).ToArray();
        return new TrainingRow(row.Line, row.Id, [.. row.Tokens.Take(kept), row.Tokens[last]], [.. trained, trained.Contains(true)]);
    }

    private static int LastTrained(TrainingRow row)
    {
        var last = row.Trained.Count - 1;
        while (last >= 0 && !row.Trained[last])
        {
            last--;
        }

        return last;
    }

    private async Task<int[]> TerminatorAsync(string text, CancellationToken cancellation)
    {
        if (!_terminators.TryGetValue(text, out var ids))
        {
            _terminators[text] = ids = text.Length == 0 ? [] : await llama.TokenizeAsync(text, addSpecial: false, parseSpecial: true, cancellation).ConfigureAwait(false);
        }

        return ids;
    }

    private (List<RowText> Texts, List<int> Lines) Texts(string path, bool mustHaveRows)
    {
        var (texts, lines) = (new List<RowText>(), new List<int>());
        if (!mustHaveRows && !File.Exists(path))
        {
            return (texts, lines);
        }

        var number = 0;
        var found = false;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }

                found = true;
                try
                {
                    texts.Add(reader.Read(line));
                    lines.Add(number);
                }
                catch (ModelFaultException fault) when (fault.Path.Length == 0 && fault.Code is ModelFaults.TrainingRowMalformed or ModelFaults.ConversationUnwritable)
                {
                    faults.Add(new ModelFaultException(fault.Code, path, [.. fault.Arguments]) { Line = number, Column = 1 });
                }
            }

            if (mustHaveRows && !found)
            {
                faults.Add(new ModelFaultException(ModelFaults.TrainingDataMissing, path, path, new Reason("PromptsEmpty")));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ModelFaultException(ModelFaults.TrainingDataMissing, path, path, e.Message));
        }

        return (texts, lines);
    }
}
