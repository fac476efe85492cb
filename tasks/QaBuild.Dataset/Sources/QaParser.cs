using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Parses qa files: path, front matter, seven sections, schema.</summary>
internal sealed class QaParser(DiagnosticBag diagnostics)
{
    private static readonly SchemaGate Schema = new(Encoding.UTF8.GetString(Resources.Read("qa.schema.json")));
    private static readonly (int Id, int Job, int Skill, int Question, int Answer, int Proofreading) Longest =
        (Schema.LongestOf("id"), Schema.LongestOf("job"), Schema.LongestOf("skill"), Schema.LongestOf("question"), Schema.LongestOf("answer"), Schema.LongestOf("proofreading"));

    private const int LongestPath = 1024;
    private static readonly Section[] Required = [Section.Job, Section.Skill, Section.Level, Section.Question, Section.Answer];
    private readonly Vocabulary _vocabulary = Vocabulary.Default;

    /// <summary>The unit, or as much of it as the file has.</summary>
    public ParsedSource Parse(SourceFile file, ReadOnlySpan<char> text)
    {
        var path = QaPath.Parse(file.RelativePath, file.FullPath, diagnostics);
        var front = FrontMatterReader.Read(text, file.FullPath, diagnostics, out var bodyStart, out var bodyLine);
        var headings = SectionScanner.Scan(text, bodyStart, bodyLine, _vocabulary);
        var latin = headings.Count > 0 && Ascii.IsValid(text[headings[0].Start..headings[0].BodyStart]);
        var sections = Sections(file, text, headings, bodyStart, bodyLine, latin, frontMatterRead: front is not null);
        var level = sections[(int)Section.Level] is { Text.Length: > 0 } levelText ? LevelOf(file, levelText) : null;
        var agrees = path is null || Agrees(file, path.Value, sections, level, latin);
        var fits = front is null || Fits(file, front, sections, level);
        if (path is null || front is null || level is null || !agrees || !fits || Array.Exists(Required, r => !HasText(sections[(int)r])) || Array.Exists(sections, s => s is null))
        {
            return new ParsedSource(file, null, sections[(int)Section.Related]);
        }

        string NameIn(Section section) => sections[(int)section]!.Text;
        var unit = new QaUnit(new UnitText(
            NameIn(Section.Job), NameIn(Section.Skill), sections[(int)Section.Question]!, sections[(int)Section.Answer]!, sections[(int)Section.Proofreading]!))
        {
            File = file,
            Id = front.Id ?? file.PathId,
            Level = level.Value,
            Related = sections[(int)Section.Related]!,
            FrontMatter = front,
        };
        return new ParsedSource(file, unit, unit.Related);
    }

    /// <summary>Whether path and sections surely agree and the schema surely accepts the texts; false says nothing.</summary>
    public static bool AgreesSurely(SourceFile file, PlainSource source, ReadOnlySpan<byte> bytes)
    {
        var job = source.TextOf(bytes, Section.Job);
        var skill = source.TextOf(bytes, Section.Skill);
        var level = source.TextOf(bytes, Section.Level);
        Span<byte> path = stackalloc byte[LongestPath];
        if (file.Relative.Length * 3 > LongestPath || job.IsEmpty || skill.IsEmpty || job.Contains((byte)'/') || skill.Contains((byte)'/') || level is not [(byte)'l' or (byte)'m' or (byte)'h'])
        {
            return false;
        }

        ReadOnlySpan<byte> rest = path[..Encoding.UTF8.GetBytes(file.Relative, path)];
        if (!Skip(ref rest, "job_"u8) || !Skip(ref rest, job) || !Skip(ref rest, "/skill_"u8) || !Skip(ref rest, skill) || !Skip(ref rest, "/qa_"u8) || !Skip(ref rest, level) || !Skip(ref rest, "_"u8))
        {
            return false;
        }

        // A text has at least as many bytes as characters. Nine digits are no overflow.
        var digits = rest.Length - ".md".Length;
        return digits is >= 1 and <= 9 && rest.EndsWith(".md"u8) && !rest[..digits].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && file.PathId.Length <= Longest.Id && job.Length <= Longest.Job && skill.Length <= Longest.Skill
            && Fits(source.TextOf(bytes, Section.Question), Longest.Question) && Fits(source.TextOf(bytes, Section.Answer), Longest.Answer)
            && source.TextOf(bytes, Section.Proofreading).Length <= Longest.Proofreading;
    }

    /// <summary>The text of a file, or null when it has an error.</summary>
    public UnitText? ParseText(SourceFile file, ReadOnlySpan<char> text) =>
        Parse(file, text).Unit is { } unit ? new UnitText(unit.Job, unit.Skill, unit.Question, unit.Answer, unit.Proofreading) : null;

    private SectionText?[] Sections(
        SourceFile file, ReadOnlySpan<char> text, List<SectionHeading> headings, int bodyStart, int bodyLine, bool latin, bool frontMatterRead)
    {
        var sections = new SectionText?[7];
        var first = headings.Count > 0 ? headings[0].Start : text.Length;
        var before = text[bodyStart..first];
        // After broken front matter, what stands before the first section is the rest of it.
        if (frontMatterRead && headings.Count > 0 && !SourceBody.WithoutBlankEdges(before, out var skipped).IsEmpty)
        {
            diagnostics.Add(Rule.TextOutsideSections, new Location(file.FullPath, bodyLine + skipped, 1));
        }

        for (var i = 0; i < headings.Count; i++)
        {
            var heading = headings[i];
            var raw = text[heading.BodyStart..(i + 1 < headings.Count ? headings[i + 1].Start : text.Length)];
            var content = SourceBody.Read(raw, _vocabulary, out var fence);
            var place = new Location(file.FullPath, heading.Line, heading.Column);
            if (fence >= 0)
            {
                diagnostics.Add(Rule.UnclosedFence, new Location(file.FullPath, heading.Line + 1 + fence, 1));
            }

            if (sections[(int)heading.Section] is { } earlier)
            {
                diagnostics.Add(Rule.DoubledSection, place, _vocabulary.NameOf(heading.Section, latin), earlier.Line);
                continue;
            }

            if (content.Length == 0 && Array.IndexOf(Required, heading.Section) >= 0)
            {
                diagnostics.Add(Rule.EmptySection, place, _vocabulary.NameOf(heading.Section, latin));
            }

            SourceBody.WithoutBlankEdges(raw, out var blank);
            var trimmed = heading.Section is Section.Job or Section.Skill or Section.Level ? content.Trim() : content;
            sections[(int)heading.Section] = new SectionText(trimmed, heading.Line, heading.Column, content.Length == 0 ? heading.Line : heading.Line + 1 + blank);
        }

        MissingSections.Report(file, text, bodyStart, bodyLine, headings, sections, diagnostics, _vocabulary, latin);
        return sections;
    }

    private Level? LevelOf(SourceFile file, SectionText section)
    {
        var level = _vocabulary.LevelOf(section.Text);
        if (level is null)
        {
            diagnostics.Add(Rule.UnknownLevel, new Location(file.FullPath, section.BodyLine, 1), section.Text);
        }

        return level;
    }

    private static bool Fits(ReadOnlySpan<byte> text, int longest) => text.Length > 0 && text.Length <= longest;

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> start)
    {
        var starts = rest.StartsWith(start);
        rest = starts ? rest[start.Length..] : rest;
        return starts;
    }

    private static bool HasText(SectionText? section) => section is { Text.Length: > 0 };

    private bool Agrees(SourceFile file, QaPath path, SectionText?[] sections, Level? level, bool latin)
    {
        var agree = true;
        void Check(bool same, Section section, string inPath)
        {
            if (!same && sections[(int)section] is { Text.Length: > 0 } text)
            {
                diagnostics.Add(Rule.PathDisagrees, new Location(file.FullPath, text.BodyLine, 1), _vocabulary.NameOf(section, latin), text.Text, inPath);
                agree = false;
            }
        }

        Check(SameName(sections[(int)Section.Job]?.Text ?? "", path.Job), Section.Job, path.Job);
        Check(SameName(sections[(int)Section.Skill]?.Text ?? "", path.Skill), Section.Skill, path.Skill);
        Check(level is null || level == path.Level, Section.Level, path.Level.Letter());
        return agree;
    }

    // A folder cannot hold a slash and often has no blanks: those, and the marks that stand in for them, do not count.
    private static bool SameName(string section, string folder)
    {
        static string Bare(string name) => string.Concat(Vocabulary.Fold(name).Where(c => c is not ('_' or '-' or '/' or '\\' or ':')));
        return section == folder || Bare(section) == Bare(folder);
    }

    private bool Fits(SourceFile file, FrontMatter front, SectionText?[] sections, Level? level)
    {
        // What is missing or empty has its finding already; the schema judges the rest.
        string TextOf(Section section) => sections[(int)section] is { Text.Length: > 0 } found ? found.Text : "-";

        // An id of the front matter is judged there, at its own place.
        var (id, letter) = (file.PathId, (level ?? Level.Low).Letter());
        var (job, skill, question, answer, proofreading) = (TextOf(Section.Job), TextOf(Section.Skill), TextOf(Section.Question), TextOf(Section.Answer), TextOf(Section.Proofreading));
        if (front.Json is null && Schema.SurelyAccepts(
            ("id", id), ("job", job), ("skill", skill), ("level", letter), ("question", question), ("answer", answer), ("proofreading", proofreading)))
        {
            return true;
        }

        var json = new JObject
        {
            ["id"] = id,
            ["job"] = job,
            ["skill"] = skill,
            ["level"] = letter,
            ["question"] = question,
            ["answer"] = answer,
            ["proofreading"] = proofreading,
        };
        if (front.Json is { } block)
        {
            json["frontMatter"] = block;
        }

        var violations = Schema.Validate(json);
        foreach (var violation in violations)
        {
            SchemaReport.Add(violation, file.FullPath, front, sections, diagnostics);
        }

        return violations.Count == 0;
    }
}
