using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Emission;

/// <summary>Writes a conversation as a JSONL row, and checks it against the format's schema.</summary>
internal abstract class RowFormat(string name, CompilationOptions options, Terminator terminator)
{
    private readonly SchemaGate _schema = new(Encoding.UTF8.GetString(Resources.Read($"row.{name}.schema.json")));

    protected CompilationOptions Options => options;

    protected Terminator Terminator => terminator;

    protected SchemaGate Schema => _schema;

    public static RowFormat Create(DatasetFormat format, CompilationOptions options, Terminator terminator) => format switch
    {
        DatasetFormat.Completions => new CompletionsFormat(options, terminator),
        DatasetFormat.Text => new TextFormat(options, terminator),
        DatasetFormat.Alpaca => new AlpacaFormat(options, terminator),
        DatasetFormat.Chat => new ChatFormat(options, terminator),
        DatasetFormat.ShareGpt => new ShareGptFormat(options, terminator),
        _ => new ToolsFormat(options, terminator),
    };

    /// <summary>Writes the row without a line end.</summary>
    /// <returns>What the schema finds wrong with it.</returns>
    public abstract IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation);

    protected string Prompt(Conversation conversation) =>
        PromptTemplate.Fill(options.PromptTemplate, conversation.System, conversation.Turns[0].Context, conversation.Turns[0].Question);

    protected string Answer(Conversation conversation) => terminator.EndAnswer(conversation.Turns[0].Answer);

    // In a chat the system prompt has a message of its own.
    protected string UserMessage(Turn turn) => terminator.EndPrompt(PromptTemplate.Fill(options.PromptTemplate, null, turn.Context, turn.Question));

    /// <summary>Writes an object of strings.</summary>
    protected IReadOnlyList<SchemaViolation> WriteFlat(JsonLine line, params ReadOnlySpan<(string Name, string Key, string Value)> properties)
    {
        line.Open('{');
        foreach (var (_, key, value) in properties)
        {
            line.Property(key, value);
        }

        line.Close('}');
        var named = new (string, string)[properties.Length];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = (properties[i].Name, properties[i].Value);
        }

        return _schema.SurelyAccepts(named) ? [] : _schema.Validate(new JObject(named.Select(p => new JProperty(p.Item1, p.Item2))));
    }

    /// <summary>Checks a row as it was written.</summary>
    protected IReadOnlyList<SchemaViolation> Check(JsonLine line) => _schema.Validate(JToken.Parse(Encoding.UTF8.GetString(line.Written)));
}

internal sealed class CompletionsFormat(CompilationOptions options, Terminator terminator) : RowFormat("completions", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation) => WriteFlat(
        line,
        ("prompt", Options.PromptFeature, Terminator.EndPrompt(Prompt(conversation))),
        ("completion", Options.CompletionFeature, Answer(conversation)));
}

internal sealed class TextFormat(CompilationOptions options, Terminator terminator) : RowFormat("text", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        var between = Options.PromptTemplate is null && conversation.Turns[0].Question.Length > 0 ? "\n\n" : "";
        return WriteFlat(line, ("text", "text", Terminator.EndPrompt(Prompt(conversation)) + between + Answer(conversation)));
    }

    /// <summary>A piece of a document, without a prompt.</summary>
    public IReadOnlyList<SchemaViolation> Write(JsonLine line, string text) => WriteFlat(line, ("text", "text", Terminator.EndAnswer(text)));
}

internal sealed class AlpacaFormat(CompilationOptions options, Terminator terminator) : RowFormat("alpaca", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        var turn = conversation.Turns[0];
        var instruction = ("instruction", "instruction", Terminator.EndPrompt(Options.PromptTemplate is null ? turn.Question : Prompt(conversation)));
        var input = ("input", "input", Options.PromptTemplate is null ? turn.Context ?? "" : "");
        var output = ("output", "output", Answer(conversation));
        return conversation.System is { } system
            ? WriteFlat(line, instruction, input, output, ("system", "system", system))
            : WriteFlat(line, instruction, input, output);
    }
}

internal sealed class ChatFormat(CompilationOptions options, Terminator terminator) : RowFormat("chat", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        line.Open('{').Key("messages").Open('[');
        if (conversation.System is { } system)
        {
            Message(line, "system", system);
        }

        foreach (var turn in conversation.Turns)
        {
            Message(line, "user", UserMessage(turn));
            Message(line, "assistant", Terminator.EndAnswer(turn.Answer));
        }

        line.Close(']').Close('}');
        return Check(line);
    }

    private static void Message(JsonLine line, string role, string content) =>
        line.Open('{').Property("role", role).Property("content", content).Close('}');
}

internal sealed class ShareGptFormat(CompilationOptions options, Terminator terminator) : RowFormat("sharegpt", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        line.Open('{').Key("conversations").Open('[');
        if (conversation.System is { } system)
        {
            Message(line, "system", system);
        }

        foreach (var turn in conversation.Turns)
        {
            Message(line, "human", UserMessage(turn));
            Message(line, "gpt", Terminator.EndAnswer(turn.Answer));
        }

        line.Close(']').Close('}');
        return Check(line);
    }

    private static void Message(JsonLine line, string from, string value) =>
        line.Open('{').Property("from", from).Property("value", value).Close('}');
}

internal sealed class ToolsFormat(CompilationOptions options, Terminator terminator) : RowFormat("tools", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        line.Open('{').Key("messages").Open('[');
        if (conversation.System is { } system)
        {
            line.Open('{').Property("role", "system").Property("content", system).Close('}');
        }

        var calls = 0;
        foreach (var turn in conversation.Turns)
        {
            line.Open('{').Property("role", "user").Property("content", UserMessage(turn)).Close('}');
            Calls(line, turn, ref calls);
            line.Open('{').Property("role", "assistant").Property("content", Terminator.EndAnswer(turn.Answer)).Close('}');
        }

        line.Close(']');
        if (conversation.Tools.Length > 0)
        {
            line.Key("tools").Open('[');
            foreach (var tool in conversation.Tools)
            {
                line.Open('{').Property("type", "function").Key("function").Token(tool).Close('}');
            }

            line.Close(']');
        }

        line.Close('}');
        return Check(line);
    }

    private static void Calls(JsonLine line, Turn turn, ref int calls)
    {
        if (turn.Calls.IsEmpty)
        {
            return;
        }

        var first = calls;
        line.Open('{').Property("role", "assistant").Property("content", "").Key("tool_calls").Open('[');
        foreach (var call in turn.Calls)
        {
            var arguments = new JsonLine();
            arguments.Token(call["arguments"] ?? new JObject());
            line.Open('{').Property("id", CallId(++calls)).Property("type", "function").Key("function")
                .Open('{').Property("name", call.Value<string>("name") ?? "").Property("arguments", Encoding.UTF8.GetString(arguments.Written)).Close('}').Close('}');
        }

        line.Close(']').Close('}');
        for (var i = 0; i < turn.Calls.Length; i++)
        {
            line.Open('{').Property("role", "tool").Property("tool_call_id", CallId(first + i + 1)).Property("content", turn.Calls[i].Value<string>("result") ?? "").Close('}');
        }
    }

    private static string CallId(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"call_{number}");
}
