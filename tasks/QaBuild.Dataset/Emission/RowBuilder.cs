using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Duplicates;
using QaBuild.Dataset.Caching;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Documents;
using QaBuild.Dataset.Linking;
using QaBuild.Dataset.Sources;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset.Emission;

/// <summary>Makes rows of units and documents.</summary>
internal sealed class RowBuilder(CompilationOptions options, ModelTokens tokens, DiagnosticBag diagnostics)
{
    private readonly RowFormat _format = RowFormat.Create(options.Format, options, new(tokens.Eos, options.EffectiveEosOn));
    private readonly bool _selectsAll = options.Include.IsEmpty && options.Exclude.IsEmpty;

    /// <summary>Rows of the dataset's own format, by id.</summary>
    public Row[] Rows(LinkGraph graph, DuplicateOf?[] dropped, Split[] splits, string[] groups, ParallelOptions parallel)
    {
        var chained = options.ChainTurns && options.Format is DatasetFormat.Chat or DatasetFormat.ShareGpt or DatasetFormat.Tools;
        var chains = ById(Filtered(graph, dropped, chained ? [.. graph.Chains().Select(c => new ReadOnlyMemory<int>(c))] : Alone(graph.Units.Length)), graph);
        var (rows, others) = (new Row[chains.Length], new Row[]?[chains.Length]);
        InParallel(chains.Length, parallel, (i, line) =>
        {
            var chain = chains[i].Span;
            var first = chain[0];
            if (graph.Units[first].Cached is { } cached)
            {
                rows[i] = RowOf(graph.Units[first], cached, splits[first], groups[first]);
            }
            else
            {
                others[i] = Rows(chain, graph, splits, groups, _format, line);
            }
        });
        return InOrder(Joined(rows, others));
    }

    /// <summary>What all rows of units without front matter have in common; null when there is more to them.</summary>
    public RowTemplate? Template() => !_selectsAll ? null : RowTemplate.Of((question, answer) =>
    {
        var line = new JsonLine();
        var conversation = new Conversation(options.SystemPrompt, [new Turn(question, null, answer, [])], []);
        return _format.Write(line, conversation).Count == 0 ? (line.NewLine().Written.ToArray(), CharacterCount(conversation)) : ([], 0);
    });

    /// <summary>The row of a unit without front matter, empty when Include and Exclude leave it out, and its characters.</summary>
    public (byte[] Json, int Characters) RowOf(QaUnit unit, JsonLine line)
    {
        if (!_selectsAll && !Selected(unit))
        {
            return ([], 0);
        }

        var conversation = ConversationOf([unit], unit.Question.Text);
        return (Write(line, _format, conversation, unit.File, unit.Question.Line), CharacterCount(conversation));
    }

    /// <summary>Whether Include and Exclude leave a unit in the dataset.</summary>
    public bool IsSelected(QaUnit unit) => unit.Cached?.IsSelected ?? (_selectsAll || Selected(unit));

    /// <summary>Rows of documents: in the dataset's format with the title as question, or plain text.</summary>
    public Row[] Rows(IReadOnlyList<Document> documents, Split[] splits, string[] groups, ParallelOptions parallel)
    {
        var perDocument = new Row[documents.Count][];
        var format = options.DocumentFormat == DocumentFormat.Text
            ? new TextFormat(options, new(tokens.Eos, options.EosOn ?? EosPlacement.Completion))
            : _format;
        InParallel(documents.Count, parallel, (i, line) => perDocument[i] = [.. Rows(documents[i], splits[i], groups[i], format, line)]);
        return InOrder([.. perDocument.SelectMany(rows => rows)]);
    }

    private Row[] InOrder(Row[] byId) => options.CurriculumOrder switch
    {
        CurriculumOrder.Length => [.. byId.OrderBy(r => r.Characters)],
        CurriculumOrder.Difficulty => [.. byId.OrderBy(r => r.Difficulty)],
        _ => byId,
    };

    /// <summary>All rows in order; in the place of one there may be others.</summary>
    private static Row[] Joined(Row[] rows, Row[]?[] others)
    {
        var count = 0;
        foreach (var several in others)
        {
            count += several?.Length ?? 1;
        }

        var joined = new List<Row>(count);
        for (var i = 0; i < rows.Length; i++)
        {
            if (others[i] is { } several)
            {
                joined.AddRange(several);
            }
            else
            {
                joined.Add(rows[i]);
            }
        }

        return [.. joined];
    }

    private static ReadOnlyMemory<int>[] Alone(int units)
    {
        var (all, chains) = (new int[units], new ReadOnlyMemory<int>[units]);
        for (var i = 0; i < units; i++)
        {
            (all[i], chains[i]) = (i, all.AsMemory(i, 1));
        }

        return chains;
    }

    private static void InParallel(int count, ParallelOptions parallel, Action<int, JsonLine> body) => Chunks.For(count, parallel, (from, to) =>
    {
        var line = new JsonLine();
        for (var i = from; i < to; i++)
        {
            body(i, line);
        }
    });

    private ReadOnlyMemory<int>[] Filtered(LinkGraph graph, DuplicateOf?[] dropped, ReadOnlyMemory<int>[] chains) =>
        _selectsAll && Array.TrueForAll(dropped, d => d is null)
            ? chains
            : [.. chains.Select(c => new ReadOnlyMemory<int>(Array.FindAll(c.ToArray(), u => dropped[u] is null && IsSelected(graph.Units[u])))).Where(c => c.Length > 0)];

    private static ReadOnlyMemory<int>[] ById(ReadOnlyMemory<int>[] chains, LinkGraph graph)
    {
        // Ids mostly are paths, in whose order the units stand.
        string IdOf(int chain) => graph.Units[chains[chain].Span[0]].Id;
        for (var i = 1; i < chains.Length; i++)
        {
            if (string.CompareOrdinal(IdOf(i - 1), IdOf(i)) > 0)
            {
                return [.. chains.OrderBy(c => graph.Units[c.Span[0]].Id, StringComparer.Ordinal)];
            }
        }

        return chains;
    }

    private bool Selected(QaUnit unit)
    {
        var language = new Lazy<string>(() => LanguageDetector.IsChinese(new MarkedText(unit.Question.Text), new MarkedText(unit.Answer.Text)) ? "zh" : "en");
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

    private static Row RowOf(QaUnit unit, CachedUnit cached, Split split, string group) => new()
    {
        Id = unit.Id,
        File = unit.File,
        Line = cached.Line,
        Group = group,
        Split = split,
        Difficulty = (int)unit.Level,
        Characters = cached.Characters,
        Json = cached.Json,
    };

    private Row[] Rows(ReadOnlySpan<int> chain, LinkGraph graph, Split[] splits, string[] groups, RowFormat format, JsonLine line)
    {
        var unit = graph.Units[chain[0]];
        QaUnit[] units = chain.Length == 1 ? [unit] : Array.ConvertAll(chain.ToArray(), u => graph.Units[u]);
        var paraphrases = unit.FrontMatter.Paraphrases;
        var rows = new Row[1 + Math.Min(paraphrases.Length, options.ParaphraseRows)];
        for (var variant = 0; variant < rows.Length; variant++)
        {
            var conversation = ConversationOf(units, variant == 0 ? unit.Question.Text : paraphrases[variant - 1].Text);
            var sourceLine = variant == 0 ? unit.Question.Line : paraphrases[variant - 1].Line;
            rows[variant] = new Row
            {
                Id = variant == 0 ? unit.Id : $"{unit.Id}#{variant}",
                File = unit.File,
                Line = sourceLine,
                Group = groups[chain[0]],
                Split = splits[chain[0]],
                FrontMatter = unit.FrontMatter,
                Difficulty = units.Length == 1 ? (int)unit.Level : units.Max(u => (int)u.Level),
                Characters = CharacterCount(conversation),
                FollowUps = units.Length == 1 ? [] : [.. units.Skip(1).Select(u => u.Id)],
                Json = Write(line, format, conversation, unit.File, sourceLine),
            };
        }

        return rows;
    }

    private IEnumerable<Row> Rows(Document document, Split split, string group, RowFormat format, JsonLine line)
    {
        var number = 0;
        foreach (var piece in document.Pieces)
        {
            number++;
            var question = piece.Heading is null || piece.Heading == document.Title ? document.Title : $"{document.Title} / {piece.Heading}";
            var conversation = options.DocumentFormat == DocumentFormat.Text
                ? new Conversation(null, [new Turn("", null, piece.Text, [])], [])
                : new Conversation(options.SystemPrompt, [new Turn(question, null, piece.Text, [])], []);
            yield return new Row
            {
                Id = number == 1 ? document.Id : $"{document.Id}#{number}",
                File = document.File,
                Line = piece.Line,
                Group = group,
                Split = split,
                FrontMatter = document.FrontMatter,
                Difficulty = 3,
                Characters = CharacterCount(piece.Text),
                Json = Write(line, format, conversation, document.File, piece.Line),
            };
        }
    }

    private Conversation ConversationOf(QaUnit[] units, string question)
    {
        var system = units[0].FrontMatter.System ?? options.SystemPrompt;
        return new Conversation(
            system,
            units.Length == 1 ? [TurnOf(units[0], question)] : [.. units.Select((u, i) => TurnOf(u, i == 0 ? question : u.Question.Text))],
            units.Length == 1 ? units[0].FrontMatter.Tools : [.. units.SelectMany(u => u.FrontMatter.Tools).Distinct<JObject>(new JTokenEqualityComparer())]);
    }

    private static Turn TurnOf(QaUnit unit, string question) => new(question, unit.FrontMatter.Context?.Text, unit.Answer.Text, unit.FrontMatter.Calls);

    private byte[] Write(JsonLine line, RowFormat format, Conversation conversation, SourceFile file, int sourceLine)
    {
        line.Clear();
        foreach (var violation in format.Write(line, conversation))
        {
            diagnostics.Add(Rule.RowViolatesSchema, new Location(file.FullPath, sourceLine, 1), violation.Path, violation.Reason);
        }

        return line.NewLine().Written.ToArray();
    }

    private static int CharacterCount(Conversation conversation)
    {
        var count = CharacterCount(conversation.System);
        foreach (var turn in conversation.Turns)
        {
            count += CharacterCount(turn.Question) + CharacterCount(turn.Context) + CharacterCount(turn.Answer);
        }

        return count;
    }

    private static int CharacterCount(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        var pairs = 0;
        for (var rest = text.AsSpan(); rest.IndexOfAnyInRange('\uD800', '\uDBFF') is var at and >= 0; rest = rest[(at + 1)..])
        {
            pairs++;
        }

        return text.Length - pairs;
    }
}
