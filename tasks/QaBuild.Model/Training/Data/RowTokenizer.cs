using QaBuild.Model.Chat;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Training.Data;

/// <summary>
/// Cuts rows into tokens as the model meets them when it is asked: the prompt as it is tokenized alone, then what it has to write. Where text and tokens meet at the seam, the
/// tokens of the whole text are taken; where a token would lie across it, what follows is tokenized by itself.
/// </summary>
/// <param name="llama">Has the vocabulary loaded.</param>
/// <param name="bos">Begins every row; null where the model wants nothing.</param>
public sealed class RowTokenizer(LlamaProcess llama, int? bos)
{
    // After a text that any vocabulary ends a token with, a word begins as it does within a text; SentencePiece puts a space before the first of a text.
    private const string Before = "\n";

    /// <summary>The tokens of rows, and which of them are answers.</summary>
    public async Task<IReadOnlyList<(int[] Tokens, bool[] IsAnswer)>> TokenizeAsync(IReadOnlyList<RowText> rows, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var texts = new List<string> { Before };
        foreach (var row in rows)
        {
            var text = "";
            foreach (var segment in row.Segments)
            {
                texts.Add(text += segment.Text);
            }
        }

        var ids = await llama.TokenizeAsync(texts, addSpecial: false, parseSpecial: true, cancellation).ConfigureAwait(false);
        var seams = new List<(int Row, int Segment)>();
        var at = 1;
        for (var r = 0; r < rows.Count; r++)
        {
            for (var s = 1; s < rows[r].Segments.Count; s++)
            {
                if (!Continues(ids[at + s - 1], ids[at + s]))
                {
                    seams.Add((r, s));
                }
            }

            at += rows[r].Segments.Count;
        }

        var apart = await ApartAsync([.. seams.SelectMany(s => rows[s.Row].Segments.Skip(s.Segment)).Select(s => s.Text).Distinct()], ids[0], cancellation).ConfigureAwait(false);
        var tokenized = new (int[], bool[])[rows.Count];
        at = 1;
        for (var r = 0; r < rows.Count; r++)
        {
            tokenized[r] = Joined(rows[r].Segments, ids.AsSpan(at, rows[r].Segments.Count), apart);
            at += rows[r].Segments.Count;
        }

        return tokenized;
    }

    private async Task<Dictionary<string, int[]>> ApartAsync(string[] texts, int[] before, CancellationToken cancellation)
    {
        var after = await llama.TokenizeAsync([.. texts.Select(t => Before + t)], addSpecial: false, parseSpecial: true, cancellation).ConfigureAwait(false);
        var alone = await llama.TokenizeAsync(texts, addSpecial: false, parseSpecial: true, cancellation).ConfigureAwait(false);
        return texts.Select((text, i) => (text, Ids: Continues(before, after[i]) ? after[i][before.Length..] : alone[i])).ToDictionary(t => t.text, t => t.Ids, StringComparer.Ordinal);
    }

    private (int[] Tokens, bool[] IsAnswer) Joined(IReadOnlyList<ChatSegment> segments, ReadOnlySpan<int[]> whole, Dictionary<string, int[]> apart)
    {
        var (tokens, answers) = (new List<int>(), new List<bool>());
        if (bos is { } first)
        {
            tokens.Add(first);
            answers.Add(false);
        }

        var together = true;
        for (var s = 0; s < segments.Count; s++)
        {
            together &= s == 0 || Continues(whole[s - 1], whole[s]);
            var ids = together ? whole[s][(s == 0 ? 0 : whole[s - 1].Length)..] : apart[segments[s].Text];
            tokens.AddRange(ids);
            answers.AddRange(Enumerable.Repeat(segments[s].IsAnswer, ids.Length));
        }

        return ([.. tokens], [.. answers]);
    }

    private static bool Continues(int[] start, int[] whole) => whole.AsSpan().StartsWith(start);
}
