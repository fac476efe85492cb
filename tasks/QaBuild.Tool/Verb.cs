using System.CommandLine;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Tool;

/// <summary>A command of the tool, described in the user's language; the READMEs' table of verbs is made of these.</summary>
internal sealed class Verb : Command
{
    /// <summary>Describes it.</summary>
    /// <param name="name">What is typed.</param>
    /// <param name="english">What it does, a sentence.</param>
    /// <param name="chinese">The same in Chinese.</param>
    /// <param name="examples">Whole command lines, which its help shows.</param>
    public Verb(string name, string english, string chinese, params string[] examples)
        : base(name, Bilingual.Here(english, chinese)) => Examples = examples;

    /// <summary>Whole command lines.</summary>
    public IReadOnlyList<string> Examples { get; }
}
