using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Parses qa files: path, front matter, seven sections, schema.</summary>
internal sealed class QaParser(DiagnosticBag diagnostics)
{
    private static readonly SchemaGate Schema = new(Encoding.UTF8.GetString(Resources.Read("qa.schema.json")));
    private readonly Vocabulary _vocabulary = Vocabulary.Default;

    /// <summary>The unit, or null when the file has an error.</summary>
    public QaUnit? Parse(SourceFile file, ReadOnlySpan<char> text)
    {
        var path = QaPath.Parse(file.RelativePath, file.FullPath, diagnostics);
        var front = FrontMatterReader.Read(text, file.FullPath, diagnostics, out var bodyStart, out var bodyLine);
        var headings = SectionScanner.Scan(text, bodyStart, bodyLine, _vocabulary);
        var latin = headings.Count > 0 && Ascii.IsValid(text[headings[0].Start..headings[0].BodyStart]);
        var sections = Sections(file, text, headings, bodyStart, bodyLine, latin, frontMatterRead: front is not null);
        var level = sections[(int)Section.Level] is { Text.Length: > 0 } levelText ? LevelOf(file, levelText) : null;
        if (path is null || front is null || level is null || Array.Exists(sections, s => s is null))
        {
            CheckFrontMatter(file, front, sections);
            return null;
        }

        var (job, skill) = (sections[(int)Section.Job]!.Value, sections[(int)Section.Skill]!.Value);
        if (!Agrees(file, path.Value, job, skill, level.Value, sections[(int)Section.Level]!.Value, latin))
        {
            CheckFrontMatter(file, front, sections);
            return null;
        }

        var unitText = new UnitText(
            job.Text, skill.Text, sections[(int)Section.Question]!.Value, sections[(int)Section.Answer]!.Value, sections[(int)Section.Proofreading]!.Value);
        var unit = new QaUnit(unitText)
        {
            File = file,
            Id = front.Id ?? file.PathId,
            Level = level.Value,
            Related = sections[(int)Section.Related]!.Value,
            FrontMatter = front,
        };
        return Fits(unit, sections) ? unit : null;
    }

    /// <summary>The text of a file, or null when it has an error.</summary>
    public UnitText? ParseText(SourceFile file, ReadOnlySpan<char> text) =>
        Parse(file, text) is { } unit ? new UnitText(unit.Job, unit.Skill, unit.Question, unit.Answer, unit.Proofreading) : null;

    private SectionText?[] Sections(SourceFile file, ReadOnlySpan<char> text, List<SectionHeading> headings, int bodyStart, int bodyLine, bool latin, bool frontMatterRead)
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

            if (content.Length == 0 && heading.Section is not (Section.Related or Section.Proofreading))
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

    private bool Agrees(SourceFile file, QaPath path, SectionText job, SectionText skill, Level level, SectionText levelText, bool latin)
    {
        var agree = true;
        void Check(bool same, Section section, SectionText text, string inPath)
        {
            // An empty section has a finding of its own.
            if (!same && text.Text.Length > 0)
            {
                diagnostics.Add(Rule.PathDisagrees, new Location(file.FullPath, text.BodyLine, 1), _vocabulary.NameOf(section, latin), text.Text, inPath);
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

    /// <summary>Finds the faults of the front matter of a file whose sections have faults already: one build reports all.</summary>
    private void CheckFrontMatter(SourceFile file, FrontMatter? front, SectionText?[] sections)
    {
        if (front?.Json is { } json)
        {
            foreach (var violation in Schema.Validate(new JObject { ["frontMatter"] = json }).Where(v => v.Path.StartsWith(SchemaReport.FrontMatterPath, StringComparison.Ordinal)))
            {
                SchemaReport.Add(violation, file.FullPath, front, sections, diagnostics);
            }
        }
    }

    private bool Fits(QaUnit unit, SectionText?[] sections)
    {
        if (unit.FrontMatter.Json is null && Schema.SurelyAccepts(
            ("id", unit.Id), ("job", unit.Job), ("skill", unit.Skill), ("level", unit.Level.Letter()),
            ("question", unit.Question.Text), ("answer", unit.Answer.Text), ("proofreading", unit.Proofreading.Text)))
        {
            return true;
        }

        // An id of the front matter is judged there, at its own place.
        var json = new JObject
        {
            ["id"] = unit.File.PathId,
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
