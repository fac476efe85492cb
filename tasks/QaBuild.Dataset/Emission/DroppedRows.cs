using System.Globalization;
using QaBuild.Dataset.Analysis.Duplicates;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Emission;

/// <summary>Writes dropped.jsonl: every question and paraphrase that stands in no row, with the reason, so that nothing is lost unseen.</summary>
internal static class DroppedRows
{
    /// <summary>Lines in the order of the units; none when everything stands in a row.</summary>
    /// <param name="units">In the order of their paths.</param>
    /// <param name="duplicates">For each unit, of which other it is left out as a duplicate.</param>
    /// <param name="rows">What was made of the units.</param>
    /// <param name="builder">Knows which units the filters leave in.</param>
    /// <param name="options">Says how many paraphrases become rows.</param>
    public static byte[] Write(IReadOnlyList<QaUnit> units, DuplicateOf?[] duplicates, Row[] rows, RowBuilder builder, CompilationOptions options)
    {
        var followUps = rows.SelectMany(r => r.FollowUps).ToHashSet(StringComparer.Ordinal);
        var line = new JsonLine();
        for (var i = 0; i < units.Count; i++)
        {
            var (unit, duplicate) = (units[i], duplicates[i]);
            var isFiltered = duplicate is null && !builder.IsSelected(unit);
            var paraphrases = unit.FrontMatter.Paraphrases;
            for (var variant = 0; variant <= paraphrases.Length; variant++)
            {
                var reason = duplicate is not null ? "duplicate"
                    : isFiltered ? "filter"
                    : variant > options.ParaphraseRows ? "paraphraseRows"
                    : variant > 0 && followUps.Contains(unit.Id) ? "chainTurns"
                    : null;
                if (reason is not null)
                {
                    Write(line, unit, variant, reason, duplicate);
                }
            }
        }

        return line.Written.ToArray();
    }

    private static void Write(JsonLine line, QaUnit unit, int variant, string reason, DuplicateOf? duplicate)
    {
        line.Open('{').Property("id", variant == 0 ? unit.Id : string.Create(CultureInfo.InvariantCulture, $"{unit.Id}#{variant}"))
            .Property("source", unit.File.RelativePath)
            .Key("line").Number(variant == 0 ? unit.Cached?.Line ?? unit.Question.Line : unit.FrontMatter.Paraphrases[variant - 1].Line)
            .Property("reason", reason);
        if (duplicate is not null)
        {
            line.Property("duplicateOf", duplicate.Kept.Id).Property("duplicateSource", duplicate.Kept.File.RelativePath)
                .Key("score").Number(Math.Round((decimal)duplicate.Score, 4));
        }

        line.Close('}').EndText();
    }
}
