using System.Text;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>A qa file that has its sections, and nothing yet in those of question and answer.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="QuestionLine">The line of the question's heading, from 1.</param>
/// <param name="AnswerLine">The line of the answer's heading.</param>
public sealed record NewQa(string Path, int QuestionLine, int AnswerLine)
{
    /// <summary>Whether a job or a skill can have this name: something of it must be left when it is made safe for a folder.</summary>
    public static bool IsName(string? name) => SafeName.Of(name) is not null;

    /// <summary>Writes the next file of a skill. A job or skill that the KB has in another spelling is the one meant.</summary>
    /// <param name="kb">The folder that holds <c>job_*</c>.</param>
    /// <param name="job">A name, see <see cref="IsName"/>.</param>
    /// <param name="skill">A name.</param>
    /// <param name="level">The level.</param>
    /// <param name="chinese">Whether the headings are Chinese.</param>
    /// <param name="cancellation">Ends it before anything is written.</param>
    /// <exception cref="IOException">The KB cannot be read or written, or leads elsewhere.</exception>
    /// <exception cref="UnauthorizedAccessException">The KB may not be read or written.</exception>
    public static NewQa Write(string kb, string job, string skill, Level level, bool chinese, CancellationToken cancellation)
    {
        var root = System.IO.Path.GetFullPath(kb);
        var jobName = AsInKb(root, "job_", job);
        var skillName = AsInKb(System.IO.Path.Combine(root, "job_" + jobName.Folder), "skill_", skill);
        var folder = new QaFolder(root, jobName, skillName, level, cancellation);
        foreach (var parent in new[] { System.IO.Path.GetDirectoryName(folder.Path)!, folder.Path })
        {
            // A file of a pull request must not come to lie outside the KB.
            if (new DirectoryInfo(parent).LinkTarget is { } target)
            {
                throw new IOException($"{parent} -> {target}");
            }
        }

        var lines = Lines(jobName, skillName, level, chinese, out var question, out var answer);
        var names = folder.NextNames(1);
        folder.Write(names, [Encoding.UTF8.GetBytes(string.Join('\n', lines))]);
        return new NewQa(System.IO.Path.Combine(folder.Path, names[0]), question, answer);
    }

    private static List<string> Lines(SafeName job, SafeName skill, Level level, bool chinese, out int question, out int answer)
    {
        var lines = new List<string>();
        int Add(Section section, string body)
        {
            lines.Add($"## {Vocabulary.Default.NameOf(section, latin: !chinese)}");
            var heading = lines.Count;
            lines.AddRange(body.Length > 0 ? ["", body, ""] : [""]);
            return heading;
        }

        Add(Section.Job, job.Text);
        Add(Section.Skill, skill.Text);
        Add(Section.Level, level.Letter());
        Add(Section.Related, chinese ? "无" : "none");
        question = Add(Section.Question, "");
        answer = Add(Section.Answer, "");
        Add(Section.Proofreading, "");
        return lines;
    }

    private static SafeName AsInKb(string folder, string prefix, string name)
    {
        var safe = SafeName.Of(name) ?? throw new ArgumentException(name, nameof(name));
        var known = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, prefix + "*").Select(d => System.IO.Path.GetFileName(d)[prefix.Length..]).Order(StringComparer.Ordinal).ToList()
            : [];
        return known.Contains(safe.Folder) ? safe
            : known.Find(k => Vocabulary.Fold(k) == Vocabulary.Fold(safe.Folder)) is { } other ? new SafeName(other, other)
            : safe;
    }
}
