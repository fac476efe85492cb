namespace QaBuild.Tests;

/// <summary>Texts of qa files.</summary>
internal static class Qa
{
    /// <summary>Where a file with the defaults of <see cref="Text"/> belongs.</summary>
    public const string Path = "job_dba/skill_sql/qa_l_001.md";

    /// <summary>A well-formed file that belongs at <c>job_{job}/skill_{skill}/qa_{level}_….md</c>.</summary>
    public static string Text(
        string question = "What is MVCC?", string answer = "Many versions of a row.", string job = "dba", string skill = "sql", string level = "l", string related = "none", string proofreading = "", string front = "") =>
        (front.Length == 0 ? "" : $"---\n{front}\n---\n")
        + $"## Job\n\n{job}\n\n## Skill\n\n{skill}\n\n## Difficulty\n\n{level}\n\n## Related questions\n\n{related}\n\n## Question\n\n{question}\n\n## Answer\n\n{answer}\n\n## Proofreading\n\n{proofreading}\n";

    /// <summary>A path in <c>job_dba/skill_sql</c>.</summary>
    public static string PathOf(int number, string level = "l") => $"job_dba/skill_sql/qa_{level}_{number:D3}.md";

    /// <summary>Files 1 to <paramref name="count"/>, each a question of its own.</summary>
    public static Dictionary<string, string> Files(int count, string front = "") =>
        Enumerable.Range(1, count).ToDictionary(i => PathOf(i), i => Text(question: $"Question {i}?", answer: $"Answer {i}.", front: front));
}
