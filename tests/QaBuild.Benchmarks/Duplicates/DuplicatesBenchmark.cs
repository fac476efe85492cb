namespace QaBuild.Benchmarks.Duplicates;

/// <summary>How well and how fast near duplicates are found.</summary>
internal static class DuplicatesBenchmark
{
    public const string Verb = "duplicates";

    /// <summary>Prints the tables.</summary>
    /// <param name="shared">The folder with the data.</param>
    /// <returns>Whether there was anything to measure.</returns>
    public static bool Run(string shared)
    {
        if (!Directory.Exists(Path.Combine(shared, "data", "pairs")) || !File.Exists(Alpaca.Path(shared)))
        {
            Console.Error.WriteLine("nothing to measure: the data is in ../shared/data/pairs and ../shared/data/sft/alpaca_52k.json, and one of them is missing");
            return false;
        }

        // First, while nothing is compiled yet.
        var speed = SpeedTable.Of(shared);
        var questions = Alpaca.Questions(shared);
        Console.WriteLine($"## Agreement with people\n\n{QualityTable.Of(LabelledSet.All(shared), [.. Scorer.All, .. SemanticTables.Scorers(shared)])}");
        Console.WriteLine($"## Edits planted in real questions\n\n{PlantedEdits.Of(questions)}\n{PlantedSearch.Of(questions)}");
        Console.WriteLine($"## Speed\n\n{speed}\n{SemanticTables.Speed(shared)}");
        return true;
    }
}
