using System.Globalization;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Balance;

/// <summary>What questions are counted by.</summary>
internal enum BalanceDimension
{
    Job,
    Skill,
    Level,
    Language,
    Opening,
    AnswerLength,
}

/// <summary>How many questions share a value.</summary>
/// <param name="Name">For example <c>DBA</c>, <c>DBA/Vacuum</c>, <c>l</c>, <c>zh</c>, <c>why</c> or <c>200-499</c>.</param>
/// <param name="Questions">So many.</param>
internal sealed record BalanceEntry(string Name, int Questions);

/// <summary>How the questions of a dataset are spread. A question counts once, whatever its weight and its paraphrases.</summary>
internal sealed class BalanceTable
{
    private static readonly int[] LengthSteps = [0, 50, 100, 200, 500, 1000, 2000, 5000];

    private BalanceTable(int questions, int negatives, BalanceEntry[][] entries) => (Questions, Negatives, _entries) = (questions, negatives, entries);

    private readonly BalanceEntry[][] _entries;

    /// <summary>All of them.</summary>
    public int Questions { get; }

    /// <summary>Those whose answer declines.</summary>
    public int Negatives { get; }

    /// <summary>Jobs and skills by name; of the others every value there is, in its own order, also where there is no question.</summary>
    public IReadOnlyList<BalanceEntry> this[BalanceDimension dimension] => _entries[(int)dimension];

    /// <summary>Counts.</summary>
    /// <param name="units">In ordinal order of their paths.</param>
    /// <param name="analyses">Of each unit; null for one that is not in the dataset.</param>
    public static BalanceTable Of(IReadOnlyList<QaUnit> units, UnitAnalysis?[] analyses)
    {
        var (jobs, skills) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        var (levels, languages, forms, lengths) = (new int[Enum.GetValues<Level>().Length], new int[2], new int[Enum.GetValues<QuestionForm>().Length], new int[LengthSteps.Length]);
        var (questions, negatives, inFolder) = (0, 0, 0);
        for (var i = 0; i < units.Count; i++)
        {
            if (analyses[i]?.Traits is { } known)
            {
                questions++;
                inFolder++;
                negatives += units[i].FrontMatter.Negative ? 1 : 0;
                levels[(int)units[i].Level]++;
                languages[known.IsChinese ? 1 : 0]++;
                forms[(int)known.Form]++;
                lengths[StepOf(known.AnswerLength)]++;
            }

            // The files of a folder follow one another.
            var folder = units[i].File.Folder;
            if (inFolder > 0 && (i + 1 == units.Count || !units[i + 1].File.Folder.SequenceEqual(folder)))
            {
                var slash = folder.IndexOf('/');
                var job = folder["job_".Length..slash].ToString();
                var skill = $"{job}/{folder[(slash + 1 + "skill_".Length)..]}";
                jobs[job] = jobs.GetValueOrDefault(job) + inFolder;
                skills[skill] = skills.GetValueOrDefault(skill) + inFolder;
                inFolder = 0;
            }
        }

        return new BalanceTable(questions, negatives,
        [
            ByName(jobs),
            ByName(skills),
            Entries(levels, i => ((Level)i).Letter()),
            [new BalanceEntry("en", languages[0]), new BalanceEntry("zh", languages[1])],
            Entries(forms, i => ((QuestionForm)i).Name()),
            Entries(lengths, StepName),
        ]);
    }

    private static BalanceEntry[] Entries(int[] counts, Func<int, string> name)
    {
        var entries = new BalanceEntry[counts.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new BalanceEntry(name(i), counts[i]);
        }

        return entries;
    }

    private static BalanceEntry[] ByName(Dictionary<string, int> counts) => [.. counts.Keys.Order(StringComparer.Ordinal).Select(name => new BalanceEntry(name, counts[name]))];

    private static int StepOf(int length)
    {
        var step = LengthSteps.Length - 1;
        while (length < LengthSteps[step])
        {
            step--;
        }

        return step;
    }

    private static string StepName(int step) => step + 1 < LengthSteps.Length
        ? string.Create(CultureInfo.InvariantCulture, $"{LengthSteps[step]}-{LengthSteps[step + 1] - 1}")
        : string.Create(CultureInfo.InvariantCulture, $"{LengthSteps[step]}+");
}
