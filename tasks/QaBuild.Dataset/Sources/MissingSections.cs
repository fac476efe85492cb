using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Sources;

/// <summary>Says which sections a file lacks, where they belong, and which line was perhaps meant.</summary>
internal static class MissingSections
{
    public static void Report(
        SourceFile file, ReadOnlySpan<char> text, int bodyStart, int bodyLine, List<SectionHeading> headings, SectionText?[] sections, DiagnosticBag diagnostics, Vocabulary vocabulary, bool latin)
    {
        if (!Array.Exists(sections, s => s is null))
        {
            return;
        }

        var lastLine = text.TrimEnd('\n').End().Line;
        for (var i = 0; i < sections.Length; i++)
        {
            if (sections[i] is not null)
            {
                continue;
            }

            var section = (Section)i;
            var meant = Meant(section, text, bodyStart, bodyLine, vocabulary);
            var following = sections.Skip(i + 1).FirstOrDefault(s => s is not null)?.Line;
            diagnostics.Add(
                Rule.MissingSection,
                new Location(file.FullPath, meant?.Line ?? following ?? (headings.Count == 0 ? 1 : lastLine), 1),
                vocabulary.NameOf(section, latin),
                meant is { } found ? new Phrase("PerhapsMeant", found.Line, found.Text) : "");
        }
    }

    // A heading of another level, without its blank, in bold, or misspelt by a letter.
    private static (int Line, string Text)? Meant(Section section, ReadOnlySpan<char> text, int bodyStart, int bodyLine, Vocabulary vocabulary)
    {
        const int LongestHeading = 60;
        var names = vocabulary.Headings.Where(h => vocabulary.SectionOf(h) == section).Select(Vocabulary.Fold).ToHashSet();
        var number = bodyLine;
        foreach (var range in text[bodyStart..].Split('\n'))
        {
            var line = text[bodyStart..][range].Trim();
            if (line.Length is > 1 and < LongestHeading && line[0] is '#' or '*' or '＃')
            {
                var name = Vocabulary.Fold(line.Trim(" \t#＃*:：").ToString());
                if (names.Contains(name) || (line.StartsWith("##") && name.Length > 2 && vocabulary.SectionOf(name) is null && names.Any(n => Nearest.Distance(name, n, 1) <= 1)))
                {
                    return (number, line.ToString());
                }
            }

            number++;
        }

        return null;
    }
}
