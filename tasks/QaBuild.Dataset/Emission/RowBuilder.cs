using System.Collections.Concurrent;
using System.Collections.Immutable;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Linking;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Emission;

/// <summary>Makes rows of units and documents.</summary>
internal sealed class RowBuilder(CompilationOptions options, ModelTokens tokens, DiagnosticBag diagnostics)
{
    private readonly Terminator _terminator = new(tokens.Eos, options.EffectiveEosOn);

    /// <summary>Rows of the dataset's own format, by id.</summary>
    public Row[] Rows(LinkGraph graph, ImmutableArray<Split> splits, ImmutableArray<string> groups, ParallelOptions parallel)
    {
        var chained = options.ChainTurns && options.Format is DatasetFormat.Chat or DatasetFormat.ShareGpt or DatasetFormat.Tools;
        var chains = ById(Filtered(graph, chained ? graph.Chains() : Enumerable.Range(0, graph.Units.Length).Select(u => ImmutableArray.Create(u))), graph);
        var perChain = new Row[chains.Length][];
        InParallel(chains.Length, parallel, () => RowFormat.Create(options.Format, options, _terminator), (i, format, line) =>
            perChain[i] = [.. Rows(chains[i], graph, splits, groups, format, line)]);
        return InOrder(perChain.SelectMany(rows => rows));
    }

    /// <summary>Rows of documents: in the dataset's format with the title as question, or plain text.</summary>
    public Row[] Rows(IReadOnlyList<Document> documents, ImmutableArray<Split> splits, ImmutableArray<string> groups, ParallelOptions parallel)
    {
        var perDocument = new Row[documents.Count][];
        InParallel(documents.Count, parallel, () => options.DocumentFormat == DocumentFormat.Text
            ? new TextFormat(options, _terminator with { Placement = options.EosOn ?? EosPlacement.Completion })
            : RowFormat.Create(options.Format, options, _terminator), (i, format, line) =>
            perDocument[i] = [.. Rows(documents[i], splits[i], groups[i], format, line)]);
        return InOrder(perDocument.SelectMany(rows => rows));
    }

    private Row[] InOrder(IEnumerable<Row> byId) => options.CurriculumOrder switch
    {
        CurriculumOrder.Length => [.. byId.OrderBy(r => r.Characters)],
        CurriculumOrder.Difficulty => [.. byId.OrderBy(r => r.Difficulty)],
        _ => [.. byId],
    };

    private static void InParallel<TFormat>(int count, ParallelOptions parallel, Func<TFormat> format, Action<int, TFormat, JsonLine> body)
    {
        const int ChunkSize = 256;
        if (count > 0)
        {
            Parallel.ForEach(Partitioner.Create(0, count, ChunkSize), parallel, () => (Format: format(), Line: new JsonLine()), (range, _, state) =>
            {
                for (var i = range.Item1; i < range.Item2; i++)
                {
                    body(i, state.Format, state.Line);
                }

                return state;
            }, _ => { });
        }
    }

    private ImmutableArray<int>[] Filtered(LinkGraph graph, IEnumerable<ImmutableArray<int>> chains) =>
        options.Include == UnitFilter.Empty && options.Exclude == UnitFilter.Empty
            ? [.. chains]
            : [.. chains.Select(c => c.RemoveAll(u => !Selected(graph.Units[u]))).Where(c => !c.IsEmpty)];

    // Ids mostly follow the paths, in whose order the units already are.
    private static ImmutableArray<int>[] ById(ImmutableArray<int>[] chains, LinkGraph graph)
    {
        var ids = Array.ConvertAll(chains, c => graph.Units[c[0]].Id);
        Array.Sort(ids, chains, StringComparer.Ordinal);
        return chains;
    }

    private bool Selected(QaUnit unit)
    {
        var language = new Lazy<string>(() => LanguageDetector.Of(unit.Question.Text + unit.Answer.Text));
        bool Any(ImmutableArray<string> wanted, string value) => wanted.Any(w => Vocabulary.Fold(w) == Vocabulary.Fold(value));
        bool Passes(ImmutableArray<string> wanted, Func<bool> match) => wanted.IsEmpty || match();
        var (include, exclude) = (options.Include, options.Exclude);
        return Passes(include.Jobs, () => Any(include.Jobs, unit.Job))
            && Passes(include.Skills, () => Any(include.Skills, unit.Skill))
            && Passes(include.Levels, () => include.Levels.Contains(unit.Level.Letter()))
            && Passes(include.Tags, () => unit.FrontMatter.Tags.Any(t => Any(include.Tags, t)))
            && Passes(include.Languages, () => include.Languages.Contains(language.Value))
            && !(Any(exclude.Jobs, unit.Job)
                || Any(exclude.Skills, unit.Skill)
                || exclude.Levels.Contains(unit.Level.Letter())
                || unit.FrontMatter.Tags.Any(t => Any(exclude.Tags, t))
                || (!exclude.Languages.IsEmpty && exclude.Languages.Contains(language.Value)));
    }

    private IEnumerable<Row> Rows(ImmutableArray<int> chain, LinkGraph graph, ImmutableArray<Split> splits, ImmutableArray<string> groups, RowFormat format, JsonLine line)
    {
        var units = chain.Select(u => graph.Units[u]).ToArray();
        var unit = units[0];
        var paraphrases = unit.FrontMatter.Paraphrases.Take(options.ParaphraseRows).ToArray();
        for (var variant = 0; variant <= paraphrases.Length; variant++)
        {
            var conversation = ConversationOf(units, variant == 0 ? unit.Question.Text : paraphrases[variant - 1].Text);
            var sourceLine = variant == 0 ? unit.Question.Line : paraphrases[variant - 1].Line;
            yield return new Row
            {
                Id = variant == 0 ? unit.Id : $"{unit.Id}#{variant}",
                Source = unit.File.RelativePath,
                Line = sourceLine,
                Group = groups[chain[0]],
                Split = splits[chain[0]],
                Weight = unit.FrontMatter.Weight,
                Difficulty = (int)units.Max(u => u.Level),
                Characters = conversation.Turns.Sum(t => CharacterCount(t.Question) + CharacterCount(t.Context) + CharacterCount(t.Answer)) + CharacterCount(conversation.System),
                License = unit.FrontMatter.License,
                Provenance = unit.FrontMatter.Source,
                FollowUps = [.. units.Skip(1).Select(u => u.Id)],
                Json = Write(line, l => format.Write(l, conversation), unit.File, sourceLine),
            };
        }
    }

    private IEnumerable<Row> Rows(Document document, Split split, string group, RowFormat format, JsonLine line)
    {
        var number = 0;
        foreach (var piece in document.Pieces)
        {
            number++;
            var question = piece.Heading is null || piece.Heading == document.Title ? document.Title : $"{document.Title} / {piece.Heading}";
            var conversation = new Conversation(options.SystemPrompt, [new Turn(question, null, piece.Text, [])], []);
            yield return new Row
            {
                Id = number == 1 ? document.Id : $"{document.Id}#{number}",
                Source = document.File.RelativePath,
                Line = piece.Line,
                Group = group,
                Split = split,
                Weight = document.FrontMatter.Weight,
                Difficulty = 3,
                Characters = CharacterCount(piece.Text),
                License = document.FrontMatter.License,
                Provenance = document.FrontMatter.Source,
                Json = Write(line, l => options.DocumentFormat == DocumentFormat.Text ? ((TextFormat)format).Write(l, piece.Text) : format.Write(l, conversation), document.File, piece.Line),
            };
        }
    }

    private Conversation ConversationOf(QaUnit[] units, string question)
    {
        var system = units[0].FrontMatter.System ?? options.SystemPrompt;
        return new Conversation(
            system,
            [.. units.Select((u, i) => new Turn(i == 0 ? question : u.Question.Text, u.FrontMatter.Context?.Text, u.Answer.Text, u.FrontMatter.Calls))],
            [.. units.SelectMany(u => u.FrontMatter.Tools)]);
    }

    private byte[] Write(JsonLine line, Func<JsonLine, IReadOnlyList<SchemaViolation>> write, SourceFile file, int sourceLine)
    {
        line.Clear();
        foreach (var violation in write(line))
        {
            diagnostics.Add(Rule.RowViolatesSchema, new Location(file.FullPath, sourceLine, 1), violation.Path, violation.Reason);
        }

        return line.NewLine().Written.ToArray();
    }

    private static int CharacterCount(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        var pairs = 0;
        foreach (var c in text)
        {
            pairs += char.IsHighSurrogate(c) ? 1 : 0;
        }

        return text.Length - pairs;
    }
}
