using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Duplicates;

/// <summary>Questions whose similarity is known, and KBs of them.</summary>
internal static class Alike
{
    public const string Vacuum = "How do I find out which of the larger tables need a vacuum most urgently before the nightly backup begins?";

    /// <summary>Nearly <see cref="Vacuum"/>: other order.</summary>
    public const string VacuumNearly = "Before the nightly backup begins, how do I find out which of the larger tables need a vacuum most urgently?";

    /// <summary>Similar to <see cref="Vacuum"/> and <see cref="VacuumNearly"/>.</summary>
    public const string VacuumSimilar = "How do I find out which of the larger tables need a vacuum most urgently before the nightly backup starts?";

    /// <summary>Similar to <see cref="VacuumSimilar"/>, and not to <see cref="Vacuum"/>.</summary>
    public const string Cleaning = "How do I find out which of the larger tables need cleaning most urgently before the nightly backup starts?";

    /// <summary>Nearly <see cref="Cleaning"/>.</summary>
    public const string CleaningNearly = "How do I find out which of the bigger tables need cleaning most urgently before the nightly backup starts?";

    /// <summary>Similar to <see cref="Cleaning"/>, and more so to <see cref="CleaningNearly"/>.</summary>
    public const string CleaningSimilar = "How do I learn which of the bigger tables need cleaning most urgently before the nightly backup starts?";

    public const string LongAnswer = "Ask the catalogue for the share of dead rows of each table, sort by it, and begin at the top of the list.";

    public static readonly (string Name, string Value) ToTrain = ("SplitRatio", "1/0/0");

    public static readonly (string Name, string Value) Error = ("DuplicateAction", "error");

    public static readonly (string Name, string Value) Warn = ("DuplicateAction", "warn");

    public static readonly (string Name, string Value) Drop = ("DuplicateAction", "drop");

    /// <summary>Files 1, 2, … with these questions, each with a short answer of its own.</summary>
    public static Dictionary<string, string> Files(params string[] questions) =>
        Enumerable.Range(0, questions.Length).ToDictionary(i => Qa.PathOf(i + 1), i => Qa.Text(question: questions[i], answer: Answer(i)));

    /// <summary>Compiles them into one split.</summary>
    public static Compiled Compile(Dictionary<string, string> files, params (string Name, string Value)[] options) => Compiled.Of(files, [ToTrain, .. options.Length == 0 ? [Error] : options]);

    /// <summary>An answer like no other.</summary>
    public static string Answer(int number) => $"{(char)('a' + (number % 26))}{(char)('a' + (number / 26 % 26))}{(char)('k' + (number / 676))}zqx.";

    /// <summary>The findings as <c>QA3001 qa_l_002.md(19)</c>.</summary>
    public static string[] Places(this Compiled compiled) => [.. compiled.Diagnostics.Select(d => $"{d.Code} {Path.GetFileName(d.Location.Path)}({d.Location.Line})")];
}
