using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Judges what the texts say: what must not be published, and answers that do not answer.</summary>
/// <param name="options">Limits, and what is allowed.</param>
/// <param name="isFile">Whether a path below the KB, with <c>/</c>, is a file.</param>
internal sealed class ContentChecks(CompilationOptions options, Func<string, bool> isFile)
{
    private readonly SensitiveText _sensitive = new(new AllowedContent(options.AllowedContent));

    // With a base model a row's tokens are counted, when there are rows.
    private readonly int _mostCharacters = options.BaseModel is null ? options.MaxSequenceLength : int.MaxValue;

    /// <summary>Whether a question and its answer without front matter surely have nothing to report, whatever the other files are.</summary>
    public bool IsClean(MarkedText question, MarkedText answer) =>
        _sensitive.IsAbsent(question) && _sensitive.IsAbsent(answer)
            && RelativeLinks.AreAbsent(question) && RelativeLinks.AreAbsent(answer)
            && !Refusal.IsOne(question.Text, answer) && !EchoedQuestion.IsOne(question.Text, answer.Text) && CutOff.Find(answer.Text) < 0 && !AnswerLanguage.IsOther(question, answer)
            && question.Text.Length + answer.Text.Length + (options.SystemPrompt ?? "").Length <= _mostCharacters;

    /// <summary>Reports what is wrong within one unit.</summary>
    public void Check(QaUnit unit, DiagnosticBag diagnostics)
    {
        CheckSensitive(unit, diagnostics);
        CheckLinks(unit, unit.Question, diagnostics);
        CheckLinks(unit, unit.Answer, diagnostics);
        CheckAnswer(unit, diagnostics);
        if (CharactersOf(unit) is var characters && characters > _mostCharacters)
        {
            diagnostics.Add(
                Rule.TooLong, new Location(unit.File.FullPath, unit.Answer.BodyLine, 1),
                new Phrase("InCharacters", characters), characters - _mostCharacters, _mostCharacters);
        }
    }

    /// <summary>Reports what must not be published of the options that go into rows.</summary>
    public void CheckOptions(DiagnosticBag diagnostics)
    {
        foreach (var text in (ReadOnlySpan<string?>)[options.SystemPrompt, options.PromptTemplate])
        {
            _sensitive.Check(text ?? "", Location.None, diagnostics);
        }
    }

    /// <summary>Reports what of a document must not be published.</summary>
    public void Check(Document document, DiagnosticBag diagnostics)
    {
        foreach (var piece in document.Pieces)
        {
            _sensitive.Check(piece.Text, document.File.FullPath, piece.Line, diagnostics);
        }
    }

    /// <summary>Reports what shows only when all answers are seen together.</summary>
    /// <param name="units">In the order of their paths.</param>
    /// <param name="analyses">Of each unit.</param>
    /// <param name="diagnostics">Gets the findings.</param>
    public void Check(IReadOnlyList<QaUnit> units, UnitAnalysis[] analyses, DiagnosticBag diagnostics)
    {
        Boilerplate.Check(units, analyses, options.BoilerplateLimit, _sensitive, diagnostics);
        AnswerLengths.Check(units, analyses, options.AnswerLengthLimit, diagnostics);
    }

    private int CharactersOf(QaUnit unit)
    {
        var (front, question) = (unit.FrontMatter, unit.Question.Text.Length);
        foreach (var paraphrase in front.Paraphrases)
        {
            question = Math.Max(question, paraphrase.Text.Length);
        }

        return question + unit.Answer.Text.Length + (front.System ?? options.SystemPrompt ?? "").Length + (front.Context?.Text.Length ?? 0);
    }

    private void CheckSensitive(QaUnit unit, DiagnosticBag diagnostics)
    {
        var (file, front) = (unit.File.FullPath, unit.FrontMatter);
        _sensitive.Check(unit.Question.Text, file, unit.Question.BodyLine, diagnostics);
        _sensitive.Check(unit.Answer.Text, file, unit.Answer.BodyLine, diagnostics);
        foreach (var paraphrase in front.Paraphrases)
        {
            _sensitive.Check(paraphrase.Text, new Location(file, paraphrase.Line, 1), diagnostics);
        }

        CheckSensitive(front.System, unit, "#/system", diagnostics);
        CheckSensitive(front.Context?.Text, unit, "#/context.text", diagnostics);
        CheckSensitive(front.Source, unit, "#/source", diagnostics);
        CheckSensitive(front.License, unit, "#/license", diagnostics);
        CheckSensitive(front.Tools, unit, "#/tools", diagnostics);
        CheckSensitive(front.Calls, unit, "#/calls", diagnostics);
    }

    private void CheckSensitive(ImmutableArray<JObject> items, QaUnit unit, string key, DiagnosticBag diagnostics)
    {
        for (var i = 0; i < items.Length; i++)
        {
            foreach (var value in items[i].Descendants().OfType<JValue>())
            {
                CheckSensitive(value.Value as string, unit, $"{key}[{i}]{value.Path[items[i].Path.Length..]}", diagnostics);
            }
        }
    }

    private void CheckSensitive(string? text, QaUnit unit, string key, DiagnosticBag diagnostics)
    {
        if (text is not null)
        {
            var (line, column) = unit.FrontMatter.PlaceOf(key);
            _sensitive.Check(text, new Location(unit.File.FullPath, line, column), diagnostics);
        }
    }

    private void CheckLinks(QaUnit unit, SectionText section, DiagnosticBag diagnostics)
    {
        var places = new Places(section.Text, unit.File.FullPath, section.BodyLine);
        for (var links = new RelativeLinks(section.Text); links.MoveNext();)
        {
            if (KbPath.Combine(unit.File.Folder.ToString(), links.Path) is not { } path || !isFile(path))
            {
                diagnostics.Add(Rule.DeadLink, places.Of(links.Start, links.Length), _sensitive.Masked(links.Path));
            }
        }
    }

    private void CheckAnswer(QaUnit unit, DiagnosticBag diagnostics)
    {
        var (question, answer, front) = (unit.Question.Text, unit.Answer.Text, unit.FrontMatter);
        var marked = new MarkedText(answer);
        var place = new Location(unit.File.FullPath, unit.Answer.BodyLine, 1);
        if (!front.Negative && Refusal.IsOne(question, marked))
        {
            diagnostics.Add(Rule.Refusal, place);
        }

        if (EchoedQuestion.IsOne(question, answer) || front.Paraphrases.Any(p => EchoedQuestion.IsOne(p.Text, answer)))
        {
            diagnostics.Add(Rule.EchoedQuestion, place);
        }

        if (CutOff.Find(answer) is >= 0 and var start)
        {
            var end = answer[start..].TrimEnd();
            diagnostics.Add(Rule.CutOff, new Places(answer, unit.File.FullPath, unit.Answer.BodyLine).Of(start, end.Length), _sensitive.Masked(end));
        }

        if (AnswerLanguage.IsOther(new MarkedText(question), marked))
        {
            diagnostics.Add(Rule.AnswerLanguage, place);
        }
    }
}
