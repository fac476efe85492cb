namespace QaBuild.Tests;

/// <summary>Texts of qa files.</summary>
internal static class Qa
{
    /// <summary>A well-formed file that belongs at <c>job_{job}/skill_{skill}/qa_{level}_….md</c>.</summary>
    public static string Text(
        string question = "What is MVCC?", string answer = "Many versions of a row.", string job = "dba", string skill = "sql", string level = "l", string related = "none", string proofreading = "", string front = "") =>
        (front.Length == 0 ? "" : $"---\n{front}\n---\n")
        + $"## Job\n\n{job}\n\n## Skill\n\n{skill}\n\n## Difficulty\n\n{level}\n\n## Related questions\n\n{related}\n\n## Question\n\n{question}\n\n## Answer\n\n{answer}\n\n## Proofreading\n\n{proofreading}\n";
}
