using System.Globalization;

namespace QaBuild.Benchmarks;

/// <summary>Seconds and megabytes of one round.</summary>
internal sealed record Round(double? Pipeline, double Read, double Empty, double Glob, double Cold, double NoOp, double Edited, double? PeakMegabytes, double Checked, double CheckedEdited);

/// <summary>
/// Runs every measured command once a round, by turns: on a machine whose speed drifts, only runs that stand next to each other can be compared.
/// </summary>
internal static class Rounds
{
    /// <summary>Measures; one more round before the first fills the caches and does not count.</summary>
    public static IReadOnlyList<Round> Run(Workspace workspace, int count)
    {
        var rounds = new List<Round>(count);
        for (var number = 0; number <= count; number++)
        {
            var round = One(workspace, number);
            Console.Error.WriteLine(number == 0 ? $"warm-up: {Seconds(round)}" : $"round {number} of {count}: {Seconds(round)}");
            if (number > 0)
            {
                rounds.Add(round);
            }
        }

        return rounds;
    }

    private static Round One(Workspace workspace, int number)
    {
        var pipeline = workspace.Pipeline?.Run().Seconds;
        Forget(workspace);
        var cold = Build(workspace, workspace.Build, compiles: true);
        var read = workspace.Read.Run().Seconds;
        var noOp = Build(workspace, workspace.Build, compiles: false).Seconds;
        var empty = workspace.Empty.Run().Seconds;
        var glob = workspace.Glob.Run().Seconds;
        var edited = WithEdit(workspace, workspace.Build, number);
        Forget(workspace);
        var all = Build(workspace, workspace.Checked, compiles: true);
        var allEdited = WithEdit(workspace, workspace.Checked, number);
        return new Round(pipeline, read, empty, glob, cold.Seconds, noOp, edited, cold.PeakMegabytes, all.Seconds, allEdited);
    }

    private static void Forget(Workspace workspace)
    {
        if (Directory.Exists(workspace.DatasetDir))
        {
            Directory.Delete(workspace.DatasetDir, recursive: true);
        }
    }

    private static double WithEdit(Workspace workspace, Command build, int number)
    {
        var text = File.ReadAllText(workspace.Edited);
        var edited = text.Replace("## 答案\n\n", string.Create(CultureInfo.InvariantCulture, $"## 答案\n\nEdited in round {number}. "), StringComparison.Ordinal);
        File.WriteAllText(workspace.Edited, edited);
        try
        {
            return Build(workspace, build, compiles: true).Seconds;
        }
        finally
        {
            File.WriteAllText(workspace.Edited, text);
        }
    }

    // A build that compiled when it should not, or did not when it should, would be a figure about something else.
    private static Cost Build(Workspace workspace, Command build, bool compiles)
    {
        var before = File.GetLastWriteTimeUtc(workspace.Stamp);
        var cost = build.Run();
        return File.GetLastWriteTimeUtc(workspace.Stamp) != before == compiles
            ? cost
            : throw new InvalidOperationException(compiles ? "the build did not compile, although a source had changed" : "the build compiled, although nothing had changed");
    }

    private static string Seconds(Round round) => string.Create(
        CultureInfo.InvariantCulture,
        $"python {(round.Pipeline is { } p ? p.ToString("0.00", CultureInfo.InvariantCulture) : "n/a")} s, cold {round.Cold:0.00} s, read {round.Read:0.00} s, no-op {round.NoOp:0.00} s, empty {round.Empty:0.00} s, glob {round.Glob:0.00} s, edited {round.Edited:0.00} s, all checks {round.Checked:0.00} s, edited {round.CheckedEdited:0.00} s");
}
