using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Parses qa files: path, front matter, seven sections, schema.</summary>
internal sealed class QaParser(DiagnosticBag diagnostics)
{
    private static readonly SchemaGate Schema = new(System.Text.Encoding.UTF8.GetString(Resources.Read("qa.schema.json")));
    private readonly Vocabulary _vocabulary = Vocabulary.Default;

    /// <summary>The unit, or null when the file has an error.</summary>
    public QaUnit? Parse(SourceFile file, ReadOnlySpan<char> text)
    {
        var path = QaPath.Parse(file.RelativePath, file.FullPath, diagnostics);
        var front = FrontMatterReader.Read(text, file.FullPath, diagnostics, out var bodyStart, out var bodyLine);
        var headings = SectionScanner.Scan(text, bodyStart, bodyLine, _vocabulary);
        var sections = Sections(file, text, headings, bodyStart, bodyLine, frontMatterRead: front is not null);
        var level = sections[(int)Section.Level] is { Text.Length: > 0 } levelText ? LevelOf(file, levelText) : null;
        if (path is null || front is null || level is null || Array.Exists(sections, s => s is null))
        {
            return null;
        }

        var (job, skill) = (sections[(int)Section.Job]!.Value, sections[(int)Section.Skill]!.Value);
        if (!Agrees(file, path.Value, job, skill, level.Value, sections[(int)Section.Level]!.Value))
        {
            return null;
        }

        var unit = new QaUnit
        {
            File = file,
            Id = front.Id ?? file.PathId,
            Job = job.Text,
            Skill = skill.Text,
            Level = level.Value,
            Related = sections[(int)Section.Related]!.Value,
            Question = sections[(int)Section.Question]!.Value,
            Answer = sections[(int)Section.Answer]!.Value,
            Proofreading = sections[(int)Section.Proofreading]!.Value,
            FrontMatter = front,
        };
        return Fits(unit, sections) ? unit : null;
    }

    private SectionText?[] Sections(SourceFile file, ReadOnlySpan<char> text, List<SectionHeading> headings, int bodyStart, int bodyLine, bool frontMatterRead)
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
                diagnostics.Add(Rule.DoubledSection, place, _vocabulary.NameOf(heading.Section), earlier.Line);
                continue;
            }

            if (content.Length == 0 && heading.Section is not (Section.Related or Section.Proofreading))
            {
                diagnostics.Add(Rule.EmptySection, place, _vocabulary.NameOf(heading.Section));
            }

            SourceBody.WithoutBlankEdges(raw, out var blank);
            var trimmed = heading.Section is Section.Job or Section.Skill or Section.Level ? content.Trim() : content;
            sections[(int)heading.Section] = new SectionText(trimmed, heading.Line, heading.Column, content.Length == 0 ? heading.Line : heading.Line + 1 + blank);
        }

        MissingSections.Report(file, text, bodyStart, bodyLine, headings, sections, diagnostics, _vocabulary);
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

    private bool Agrees(SourceFile file, QaPath path, SectionText job, SectionText skill, Level level, SectionText levelText)
    {
        var agree = true;
        void Check(bool same, Section section, SectionText text, string inPath)
        {
            // An empty section has a finding of its own.
            if (!same && text.Text.Length > 0)
            {
                diagnostics.Add(Rule.PathDisagrees, new Location(file.FullPath, text.BodyLine, 1), _vocabulary.NameOf(section), text.Text, inPath);
                agree = false;
            }
        }

        Check(SameName(job.Text, path.Job), Section.Job, job, path.Job);
        Check(SameName(skill.Text, path.Skill), Section.Skill, skill, path.Skill);
        Check(level == path.Level, Section.Level, levelText, path.Level.Letter());
        return agree;
    }

    // A folder cannot hold a slash and often has no blanks: those, and the marks that stand in for them, do not count.
    private static bool SameName(string section, string folder)
    {
        static string Bare(string name) => string.Concat(Vocabulary.Fold(name).Where(c => c is not ('_' or '-' or '/' or '\\' or ':')));
        return section == folder || Bare(section) == Bare(folder);
    }

    private bool Fits(QaUnit unit, SectionText?[] sections)
    {
        if (unit.FrontMatter.Json is null && Schema.SurelyAccepts(
            ("id", unit.Id), ("job", unit.Job), ("skill", unit.Skill), ("level", unit.Level.Letter()),
            ("question", unit.Question.Text), ("answer", unit.Answer.Text), ("proofreading", unit.Proofreading.Text)))
        {
            return true;
        }

        var json = new JObject
        {
            ["id"] = unit.Id,
            ["job"] = unit.Job,
            ["skill"] = unit.Skill,
            ["level"] = unit.Level.Letter(),
            ["question"] = unit.Question.Text,
            ["answer"] = unit.Answer.Text,
            ["proofreading"] = unit.Proofreading.Text,
        };
        if (unit.FrontMatter.Json is { } front)
        {
            json["frontMatter"] = front;
        }

        var violations = Schema.Validate(json);
        foreach (var violation in violations)
        {
            SchemaReport.Add(violation, unit.File.FullPath, unit.FrontMatter, sections, diagnostics);
        }

        return violations.Count == 0;
    }
}
