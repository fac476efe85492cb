using System.Globalization;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>Compares two datasets that QaBuild did not make, record by record: same questions and answers, similar ones, and shared passages.</summary>
public sealed class FileLeaks
{
    /// <summary>The similarity from which questions are alike: an edit of a word in nearly any question.</summary>
    public const double DefaultThreshold = TextSimilarity.WarnThreshold;

    /// <summary>The smallest similarity that may be asked for; below it nearly all questions are alike.</summary>
    public const double SmallestThreshold = 0.5;

    private readonly IReadOnlyList<ForeignItem> _first;
    private readonly IReadOnlyList<ForeignItem> _second;
    private readonly double _threshold;
    private readonly ParallelOptions _parallel;
    private readonly (ForeignItem Other, Phrase Reason)?[] _leaks;

    private FileLeaks(IReadOnlyList<ForeignItem> first, IReadOnlyList<ForeignItem> second, double threshold, CancellationToken cancellation)
    {
        (_first, _second, _threshold) = (first, second, threshold);
        _parallel = new ParallelOptions { TaskScheduler = TaskScheduler.Default, CancellationToken = cancellation };
        _leaks = new (ForeignItem, Phrase)?[first.Count];
    }

    /// <summary>Compares two files; of each record of the first the gravest likeness to the second is a finding.</summary>
    /// <param name="first">JSONL, JSON or text.</param>
    /// <param name="second">JSONL, JSON or text.</param>
    /// <param name="threshold">From <see cref="SmallestThreshold"/> to 1.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public static LeakReport Find(string first, string second, double threshold, CancellationToken cancellation = default)
    {
        var bag = new DiagnosticBag();
        var (one, other) = (ForeignFile.Read(first, bag, cancellation), ForeignFile.Read(second, bag, cancellation));
        var leaks = 0;
        if (one.Count > 0 && other.Count > 0)
        {
            foreach (var (item, leak) in new FileLeaks(one, other, threshold, cancellation).Find())
            {
                bag.Add(Rule.FileLeak, new Location(item.File, item.Line, 1), leak.Other.Place, leak.Reason);
                leaks++;
            }
        }

        return new LeakReport(bag.Sorted(), first, second, one.Count, other.Count, leaks);
    }

    private IEnumerable<(ForeignItem Item, (ForeignItem Other, Phrase Reason) Leak)> Find()
    {
        FindSame(i => i.Question, smallest: 1, "LeakSameQuestion");
        FindAlike(i => i.Question, i => TextSignature.OfQuestion(i.Question), "LeakLikeQuestion");
        FindSame(i => i.Answer, TokenWeight.Whole, "LeakSameAnswer");
        FindAlike(i => $"{i.Question}\n{i.Answer}", i => TextSignature.OfPair(i.Question, i.Answer), "LeakLikePair");
        FindPassages();
        return Enumerable.Range(0, _first.Count).Where(i => _leaks[i] is not null).Select(i => (_first[i], _leaks[i]!.Value));
    }

    // A short answer, such as yes, is that of many questions.
    private void FindSame(Func<ForeignItem, string> text, int smallest, string phrase)
    {
        var places = new Dictionary<TextKey, int>();
        for (var i = 0; i < _second.Count; i++)
        {
            if (TokenWeight.Of(text(_second[i])) >= smallest)
            {
                places.TryAdd(TextKey.Of(text(_second[i])), i);
            }
        }

        for (var i = 0; i < _first.Count; i++)
        {
            if (_leaks[i] is null && TokenWeight.Of(text(_first[i])) >= smallest && places.TryGetValue(TextKey.Of(text(_first[i])), out var other))
            {
                _leaks[i] = (_second[other], new Phrase(phrase, text(_first[i])));
            }
        }
    }

    private void FindAlike(Func<ForeignItem, string> text, Func<ForeignItem, TextSignature> signature, string phrase)
    {
        var alike = MostAlike.Of(Signatures(_first, signature), Signatures(_second, signature), _threshold, _parallel);
        for (var i = 0; i < alike.Length; i++)
        {
            if (_leaks[i] is null && alike[i] is { } pair)
            {
                var difference = PairExplanation.Of(text(_first[i]), text(_second[pair.Second]));
                _leaks[i] = (_second[pair.Second], new Phrase(phrase, pair.Score.ToString("F2", CultureInfo.InvariantCulture), difference.Here, difference.There));
            }
        }
    }

    private TextSignature[] Signatures(IReadOnlyList<ForeignItem> items, Func<ForeignItem, TextSignature> signature)
    {
        var signatures = new TextSignature[items.Count];
        InParallel(items.Count, i => signatures[i] = signature(items[i]));
        return signatures;
    }

    private void FindPassages()
    {
        var index = new OverlapIndex(_second, _parallel.CancellationToken);
        InParallel(_first.Count, i =>
        {
            if (_leaks[i] is not null)
            {
                return;
            }

            foreach (var text in (ReadOnlySpan<string>)[_first[i].Question, _first[i].Answer])
            {
                if (index.Find(text) is { Count: > 0 } overlaps)
                {
                    var longest = overlaps.MaxBy(o => o.Tokens);
                    _leaks[i] = (_second[longest.Item], new Phrase("LeakPassage", longest.Tokens, text[longest.Start..longest.End]));
                    return;
                }
            }
        });
    }

    private void InParallel(int count, Action<int> body) => Chunks.For(count, _parallel, (from, to) =>
    {
        for (var i = from; i < to; i++)
        {
            body(i);
        }
    });
}
