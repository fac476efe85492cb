namespace QaBuild.Benchmarks.Duplicates;

/// <summary>How well and how fast near duplicates are found.</summary>
internal static class DuplicatesBenchmark
{
    public const string Verb = "duplicates";

    public static void Run(string shared)
    {
        Console.WriteLine(QualityTable.Of(LabelledSet.All(shared), [.. Scorer.All, .. SemanticTables.Scorers(shared)]));
        Console.WriteLine(SpeedTable.Of(shared));
        Console.WriteLine(SemanticTables.Speed(shared));
    }
}
