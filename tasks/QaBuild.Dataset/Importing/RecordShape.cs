using System.Collections.Immutable;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>Recognises the shape of a JSON record by its keys, and reads it.</summary>
internal sealed class RecordShape(EosTokens eos)
{
    private const int LongestId = 400;
    private const int LongestSource = 2000;
    private const int LongestLicense = 200;
    private const int LongestTag = 100;

    /// <exception cref="NotTakenException">The record is no question with an answer.</exception>
    public ImportedRecord Read(JsonElement json)
    {
        var fields = new RecordFields(json);
        if (fields.Has("chosen", "rejected"))
        {
            throw new NotTakenException("ImportPreference");
        }

        if (fields.Truth("label") == false)
        {
            throw new NotTakenException("ImportUndesirable");
        }

        foreach (var medium in (ReadOnlySpan<string>)["images", "image", "videos", "video", "audios", "audio"])
        {
            if (fields.Holds(medium))
            {
                throw new NotTakenException("ImportMedia", medium);
            }
        }

        var leftOut = new SortedSet<string>(StringComparer.Ordinal);
        var record = Turns(fields, leftOut);
        record = record with
        {
            Id = fields.TakeTextIfAny("id", LongestId),
            Source = fields.TakeTextIfAny("source", LongestSource),
            License = fields.TakeTextIfAny("license", LongestLicense),
            Tags = Tags(fields),
        };
        leftOut.UnionWith(fields.Rest);
        return record with { LeftOut = [.. leftOut] };
    }

    private ImportedRecord Turns(RecordFields fields, ISet<string> leftOut)
    {
        if (fields.Take("messages", "conversations", "conversation") is { } messages)
        {
            return Conversation(messages, fields, leftOut);
        }

        if (fields.Has("output", "response") && fields.Has("instruction", "input"))
        {
            return Alpaca(fields);
        }

        if (fields.Has("prompt") && fields.Has("completion", "response"))
        {
            return Single(fields.TakeText("prompt"), null, fields.TakeText("completion", "response"), fields);
        }

        if (fields.Has("question") && fields.Has("answer"))
        {
            return Single(fields.TakeText("question"), fields.TakeText("context"), fields.TakeText("answer"), fields);
        }

        if (fields.Has("instruction", "prompt", "question"))
        {
            throw new NotTakenException("ImportNoAnswer");
        }

        throw fields.Has("text") ? new NotTakenException("ImportTextRow") : new NotTakenException("ImportUnknownShape", string.Join(", ", fields.Names.Take(8)));
    }

    private static ImmutableArray<string> Tags(RecordFields fields)
    {
        if (fields.Take("tags") is not { } tags)
        {
            return [];
        }

        return tags.ValueKind == JsonValueKind.Array && tags.EnumerateArray().All(t => t.ValueKind == JsonValueKind.String && t.GetString() is { Length: > 0 and <= LongestTag })
            ? [.. tags.EnumerateArray().Select(t => ImportedText.Of(t.GetString()!)).Distinct()]
            : throw new NotTakenException("ImportTags");
    }

    private static string? System(RecordFields fields) => fields.TakeText("system") is { } system && !ImportedText.IsBlank(system) ? system : null;

    private ImportedRecord Conversation(JsonElement messages, RecordFields fields, ISet<string> leftOut)
    {
        var list = new MessageList(eos, leftOut);
        var turns = list.Read(messages);
        var own = System(fields);
        var first = ImportedText.IsBlank(list.System) ? null : list.System;
        if (own is not null && first is not null && own != first)
        {
            throw new NotTakenException("ImportTwoSystems");
        }

        return new ImportedRecord
        {
            Turns = turns,
            System = own ?? first,
            Tools = fields.Take("tools", "functions") is { } tools ? FunctionCalls.Tools(tools, leftOut) : [],
            Note = list.EndsOpen ? new Phrase("ImportOpenEnd") : null,
        };
    }

    private ImportedRecord Alpaca(RecordFields fields)
    {
        var (instruction, input) = (fields.TakeText("instruction"), fields.TakeText("input", "context"));
        var history = History(fields);
        var record = ImportedText.IsBlank(instruction)
            ? Single(input, null, fields.TakeText("output", "response"), fields)
            : Single(instruction, input, fields.TakeText("output", "response"), fields);
        return record with { Turns = history.AddRange(record.Turns) };
    }

    private ImmutableArray<ImportedTurn> History(RecordFields fields)
    {
        if (fields.Take("history") is not { } history)
        {
            return [];
        }

        static string? Text(JsonElement text) => text.ValueKind == JsonValueKind.String ? ImportedText.Of(text.GetString()!) : null;
        if (history.ValueKind != JsonValueKind.Array || history.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.Array || t.GetArrayLength() != 2))
        {
            throw new NotTakenException("ImportHistory");
        }

        return [.. history.EnumerateArray().Select(t => Turn(Text(t[0]), null, Text(t[1])))];
    }

    private ImportedRecord Single(string? question, string? context, string? answer, RecordFields fields) =>
        new() { Turns = [Turn(question, context, answer)], System = System(fields) };

    private ImportedTurn Turn(string? question, string? context, string? answer)
    {
        var (asked, answered) = (eos.TakeOff(question ?? ""), eos.TakeOff(answer ?? ""));
        if (ImportedText.IsBlank(asked))
        {
            throw new NotTakenException("ImportNoQuestion");
        }

        return ImportedText.IsBlank(answered)
            ? throw new NotTakenException("ImportNoAnswer")
            : new ImportedTurn(asked, answered) { Context = ImportedText.IsBlank(context) ? null : new QuotedContext(context!, null) };
    }
}
