using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis;

/// <summary>A question or one of its paraphrases. A question that comes from the cache is read only when its text is asked for.</summary>
/// <param name="unit">The unit's index.</param>
/// <param name="source">The unit.</param>
/// <param name="analysis">What is known of the unit's own question.</param>
/// <param name="variant">0 for the question, 1 for its first paraphrase, and so on.</param>
internal sealed class Wording(int unit, QaUnit source, UnitAnalysis analysis, int variant)
{
    public int Unit => unit;

    public QaUnit Source => source;

    public bool IsParaphrase => variant > 0;

    public string Text => Paraphrase?.Text ?? source.Question.Text;

    /// <summary>1-based line of the text.</summary>
    public int Line => Paraphrase?.Line ?? source.Question.BodyLine;

    /// <summary>What same wordings share.</summary>
    public TextKey Key => Paraphrase is { } paraphrase ? TextKey.Of(paraphrase.Text) : analysis.Question;

    public TextSignature Signature => (Paraphrase is { } paraphrase ? TextSignature.OfQuestion(paraphrase.Text) : analysis.Signature) ?? TextSignature.OfQuestion(Text);

    private LocatedText? Paraphrase => variant > 0 ? source.FrontMatter.Paraphrases[variant - 1] : null;

    /// <summary>All wordings, unit by unit.</summary>
    public static Wording[] Of(IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, ParallelOptions parallel)
    {
        var (questions, paraphrases) = (new Wording[units.Count], 0);
        Chunks.For(questions.Length, parallel, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                questions[i] = new Wording(i, units[i], analyses[i], 0);
                if (units[i].FrontMatter.Paraphrases.Length is > 0 and var more)
                {
                    Interlocked.Add(ref paraphrases, more);
                }
            }
        });
        if (paraphrases == 0)
        {
            return questions;
        }

        var wordings = new List<Wording>(questions.Length + paraphrases);
        foreach (var question in questions)
        {
            wordings.Add(question);
            for (var variant = 1; variant <= question.Source.FrontMatter.Paraphrases.Length; variant++)
            {
                wordings.Add(new Wording(question.Unit, question.Source, analyses[question.Unit], variant));
            }
        }

        return [.. wordings];
    }

    /// <summary>Whether two wordings are asked of the same quoted passage, or of none: what does this passage say is another question for each passage.</summary>
    public bool SharesContextWith(Wording other) => source.FrontMatter.Context?.Text == other.Source.FrontMatter.Context?.Text;
}
