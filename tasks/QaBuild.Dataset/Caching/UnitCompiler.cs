using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Caching;

/// <summary>
/// Does for a unit, while its text is at hand, all that depends on no other source: what comes of it is smaller than the text and can be kept for the
/// next compile. Units with front matter, or with what a check would object to, go the long way through the stages.
/// </summary>
internal sealed class UnitCompiler(RowBuilder rows, SpecialTokens special, ContentChecks content, Func<SourceFile, UnitText> readText) : IDisposable
{
    private readonly ThreadLocal<JsonLine> _line = new(() => new JsonLine());

    public ParsedSource Compile(ParsedSource source)
    {
        if (source.Unit is not { } unit || unit.FrontMatter != FrontMatter.Empty || !special.IsAbsent(unit) || !Nesting.IsShallow(unit.Question.Text) || !Nesting.IsShallow(unit.Answer.Text) || !content.IsClean(unit))
        {
            return source;
        }

        var (json, characters) = rows.RowOf(unit, _line.Value!);
        var cached = new CachedUnit(
            unit.File.RelativePath, unit.File.ReadTime, unit.File.ReadLength, unit.Level, unit.Related, TextKey.Of(unit.Question.Text), unit.Question.Line, characters, AnswerFacts.Of(unit.Answer.Text), json);
        return source with { Unit = cached.ToUnit(unit.File, readText) };
    }

    public void Dispose() => _line.Dispose();
}
