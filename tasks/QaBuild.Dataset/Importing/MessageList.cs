using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Importing;

/// <summary>Turns a conversation's messages, ShareGPT's (<c>from</c>, <c>value</c>) or OpenAI's (<c>role</c>, <c>content</c>), into turns.</summary>
internal sealed class MessageList(EosTokens eos, ISet<string> leftOut)
{
    private readonly ImmutableArray<ImportedTurn>.Builder _turns = ImmutableArray.CreateBuilder<ImportedTurn>();
    private readonly List<(string? Id, JObject Call)> _calls = [];
    private string? _question;

    /// <summary>What a first message of the system says, or null.</summary>
    public string? System { get; private set; }

    /// <summary>Whether the last question has no answer; it is in no turn.</summary>
    public bool EndsOpen => _question is not null;

    /// <exception cref="NotTakenException">The messages are not questions with answers in turn.</exception>
    public ImmutableArray<ImportedTurn> Read(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            throw new NotTakenException("ImportNoMessages");
        }

        var (number, count) = (0, messages.GetArrayLength());
        foreach (var message in messages.EnumerateArray())
        {
            number++;
            Read(new RecordFields(message), number, isLast: number == count);
        }

        return _turns.Count > 0 ? _turns.ToImmutable() : throw new NotTakenException(_question is null ? "ImportNoQuestion" : "ImportNoAnswer");
    }

    private void Read(RecordFields message, int number, bool isLast)
    {
        var role = message.TakeText("from", "role") ?? "";
        switch (role.ToLowerInvariant())
        {
            case "system" or "developer" when number == 1:
                System = Content(message);
                break;
            case "user" or "human" when _question is null:
                var question = eos.TakeOff(Content(message));
                _question = ImportedText.IsBlank(question) ? throw new NotTakenException("ImportNoQuestionAt", number) : question;
                break;
            case "assistant" or "gpt" or "model" or "bot" or "chatgpt" when _question is not null:
                Answer(message, number, isLast);
                break;
            case "function_call" or "tool_call" when _question is not null:
                _calls.AddRange(FunctionCalls.Calls(message.Take("value", "content") ?? default, leftOut));
                break;
            case "observation" or "tool" or "function" or "function_response" or "tool_response" when _question is not null:
                Result(message, role, number);
                break;
            case "system" or "developer" or "user" or "human" or "assistant" or "gpt" or "model" or "bot" or "chatgpt" or "function_call" or "tool_call"
                or "observation" or "tool" or "function" or "function_response" or "tool_response":
                throw new NotTakenException("ImportRoleOrder", number, role);
            default:
                throw new NotTakenException("ImportRole", number, role);
        }

        leftOut.UnionWith(message.Rest.Select(r => "messages[]." + r));
    }

    private void Answer(RecordFields message, int number, bool isLast)
    {
        var calls = message.Take("tool_calls") ?? message.Take("function_call");
        var content = eos.TakeOff(Content(message));
        if (calls is { ValueKind: JsonValueKind.Object } or { ValueKind: JsonValueKind.Array } && !(calls is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0))
        {
            if (!ImportedText.IsBlank(content))
            {
                throw new NotTakenException("ImportTextBesideCall", number);
            }

            _calls.AddRange(FunctionCalls.Calls(calls.Value, leftOut));
            return;
        }

        if (ImportedText.IsBlank(content))
        {
            if (!isLast)
            {
                throw new NotTakenException("ImportNoAnswerAt", number);
            }

            return;
        }

        _turns.Add(new ImportedTurn(_question!, content) { Calls = [.. _calls.Select(c => c.Call)] });
        _calls.Clear();
        _question = null;
    }

    private void Result(RecordFields message, string role, int number)
    {
        var id = message.TakeText("tool_call_id");
        message.Take("name");
        var index = _calls.FindIndex(c => c.Call["result"] is null && (id is null || c.Id is null || c.Id == id));
        if (index < 0)
        {
            throw new NotTakenException("ImportRoleOrder", number, role);
        }

        _calls[index].Call["result"] = Content(message);
    }

    // A text, or parts of one.
    private static string Content(RecordFields message)
    {
        var content = message.Take("value", "content");
        switch (content?.ValueKind)
        {
            case null:
                return "";
            case JsonValueKind.String:
                return ImportedText.Of(content.Value.GetString()!);
            case JsonValueKind.Number:
                return content.Value.GetRawText();
            case JsonValueKind.Array:
                var text = new StringBuilder();
                foreach (var part in content.Value.EnumerateArray())
                {
                    text.Append(part.ValueKind == JsonValueKind.String ? ImportedText.Of(part.GetString()!) : Part(new RecordFields(part)));
                }

                return text.ToString();
            default:
                throw new NotTakenException("ImportNotText", "content");
        }
    }

    private static string Part(RecordFields part)
    {
        var type = part.TakeText("type") ?? "text";
        return type == "text" ? part.TakeText("text", "value") ?? "" : throw new NotTakenException("ImportPart", type);
    }
}
