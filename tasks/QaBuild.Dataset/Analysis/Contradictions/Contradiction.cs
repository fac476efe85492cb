using System.Globalization;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Contradictions;

/// <summary>Reports units that are asked nearly the same and answer otherwise.</summary>
internal static class Contradiction
{
    /// <summary>Compares the answers of two units whose questions reach <paramref name="score"/>. The finding stands at the second's answer.</summary>
    public static void Check(QaUnit first, QaUnit second, double score, DiagnosticBag diagnostics)
    {
        if (AnswerDifference.Between(first.Answer.Text, second.Answer.Text) is not { } found)
        {
            return;
        }

        var there = Place(first, found.A);
        diagnostics.Add(
            Rule.Contradiction, Place(second, found.B),
            first.File.RelativePath, there.Line, score.ToString("0.00", CultureInfo.InvariantCulture), KindOf(found), found.B.Excerpt, found.A.Excerpt);
    }

    private static Phrase KindOf(AnswerDifference found) => found.Kind switch
    {
        DifferenceKind.YesNo => new Phrase("DiffersYesNo"),
        DifferenceKind.Version => new Phrase("DiffersVersion"),
        DifferenceKind.Command => new Phrase("DiffersCommand"),
        _ => new Phrase("DiffersNumber"),
    };

    private static Location Place(QaUnit unit, Passage passage)
    {
        var answer = unit.Answer.Text.AsSpan();
        var (line, column) = answer[..passage.Start].End();
        var isOneLine = !answer.Slice(passage.Start, passage.Length).Contains('\n');
        return new Location(unit.File.FullPath, unit.Answer.BodyLine + line - 1, column, isOneLine ? column + passage.Length : 0);
    }
}
