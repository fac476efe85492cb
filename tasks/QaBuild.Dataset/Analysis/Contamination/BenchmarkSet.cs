using System.Globalization;
using System.Security.Cryptography;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>External test sets that the dataset must share nothing with: a model that has learned its test cannot be judged by it.</summary>
internal sealed class BenchmarkSet
{
    /// <summary>Of one text at most so many overlaps are reported, the longest.</summary>
    private const int Shown = 10;

    private readonly OverlapIndex _index;

    private BenchmarkSet(IReadOnlyList<ForeignItem> items, string digest, CancellationToken cancellation) =>
        (Items, Digest, _index) = (items, digest, new OverlapIndex(items, cancellation));

    /// <summary>In order of files and lines.</summary>
    public IReadOnlyList<ForeignItem> Items { get; }

    /// <summary>Changes when a file or its name does.</summary>
    public string Digest { get; }

    /// <summary>Reads the sets, or null when there are none.</summary>
    public static BenchmarkSet? Read(IReadOnlyCollection<string> files, DiagnosticBag diagnostics, CancellationToken cancellation)
    {
        if (files.Count == 0)
        {
            return null;
        }

        var items = new List<ForeignItem>();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // A glob finds files in another order each time.
        foreach (var file in files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes(file));
            digest.AppendData(HashOf(file));
            items.AddRange(ForeignFile.Read(file, diagnostics, cancellation));
        }

        return new BenchmarkSet(items, Convert.ToHexStringLower(digest.GetHashAndReset()), cancellation);
    }

    /// <summary>Whether a unit without front matter overlaps with no item.</summary>
    public bool IsAbsent(string question, string answer) => _index.Find(question).Count == 0 && _index.Find(answer).Count == 0;

    /// <summary>Reports the passages that a unit shares with the items. One that <see cref="IsAbsent"/> or the cache knows to have none is not read again.</summary>
    public void Check(QaUnit unit, DiagnosticBag diagnostics)
    {
        if (unit.Cached is not null)
        {
            return;
        }

        var path = unit.File.FullPath;
        Check(unit.Question.Text, path, unit.Question.BodyLine, diagnostics);
        Check(unit.Answer.Text, path, unit.Answer.BodyLine, diagnostics);
        foreach (var paraphrase in unit.FrontMatter.Paraphrases)
        {
            Check(paraphrase.Text, path, paraphrase.Line, diagnostics);
        }

        if (unit.FrontMatter.Context is { } context)
        {
            Check(context.Text, path, unit.FrontMatter.PlaceOf("#/context.text").Line, diagnostics);
        }
    }

    /// <summary>Reports what a document shares with the items.</summary>
    public void Check(Document document, DiagnosticBag diagnostics)
    {
        foreach (var piece in document.Pieces)
        {
            Check(piece.Text, document.File.FullPath, piece.Line, diagnostics);
        }
    }

    /// <summary>Reports questions that are nearly those of items.</summary>
    /// <param name="asked">All wordings.</param>
    /// <param name="threshold">The similarity from which questions are alike.</param>
    /// <param name="parallel">Threads and cancellation; they do not change the result.</param>
    /// <param name="diagnostics">Gets the findings.</param>
    public void CheckQuestions(Wording[] asked, double threshold, ParallelOptions parallel, DiagnosticBag diagnostics)
    {
        var questions = Signatures(asked.Length, i => asked[i].Signature, parallel);
        var items = Signatures(Items.Count, i => TextSignature.OfQuestion(Items[i].Question), parallel);
        foreach (var pair in MostAlike.Of(questions, items, threshold, parallel).OfType<SimilarPair>())
        {
            var wording = asked[pair.First];
            if (!_index.Find(wording.Text).Exists(o => o.Item == pair.Second))
            {
                var difference = PairExplanation.Of(wording.Text, Items[pair.Second].Question);
                diagnostics.Add(
                    Rule.BenchmarkNearDuplicate, new Location(wording.Source.File.FullPath, wording.Line, 1), Items[pair.Second].Place,
                    pair.Score.ToString("F2", CultureInfo.InvariantCulture), difference.Here, difference.There);
            }
        }
    }

    private static TextSignature[] Signatures(int count, Func<int, TextSignature> signatureOf, ParallelOptions parallel)
    {
        var signatures = new TextSignature[count];
        Chunks.For(count, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                signatures[i] = signatureOf(i);
            }
        });
        return signatures;
    }

    private void Check(string text, string file, int firstLine, DiagnosticBag diagnostics)
    {
        foreach (var overlap in _index.Find(text).OrderByDescending(o => o.Tokens).ThenBy(o => o.Start).Take(Shown))
        {
            var (line, column) = text.AsSpan(0, overlap.Start).End();
            diagnostics.Add(
                Rule.BenchmarkOverlap, new Location(file, firstLine + line - 1, column), Items[overlap.Item].Place, overlap.Tokens, text[overlap.Start..overlap.End]);
        }
    }

    private static byte[] HashOf(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return SHA256.HashData(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // reading it reports why
        }
    }
}
