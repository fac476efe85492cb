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

    // In a chat the system prompt has a message of its own.
    protected string UserMessage(Turn turn) => PromptTemplate.Fill(options.PromptTemplate, null, turn.Context, turn.Question);

    /// <summary>A string property: its name in the schema, its key in the row, its text and what follows it.</summary>
    protected readonly record struct Flat(string Name, string Key, string Value, string Ending = "");

    /// <summary>Writes an object of strings.</summary>
    protected IReadOnlyList<SchemaViolation> WriteFlat(JsonLine line, params ReadOnlySpan<Flat> properties)
    {
        line.Open('{');
        foreach (var (_, key, value, ending) in properties)
        {
            line.Property(key, value, ending);
        }

        line.Close('}');
        var named = new (string, string)[properties.Length];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = (properties[i].Name, properties[i].Value.Length > 0 ? properties[i].Value : properties[i].Ending);
        }

        return _schema.SurelyAccepts(named) ? [] : _schema.Validate(new JObject(named.Select(p => new JProperty(p.Item1, p.Item2))));
    }

    /// <summary>Checks a row as it was written.</summary>
    protected IReadOnlyList<SchemaViolation> Check(JsonLine line) => _schema.Validate(JToken.Parse(Encoding.UTF8.GetString(line.Written)));
}

internal sealed class CompletionsFormat(CompilationOptions options, Terminator terminator) : RowFormat("completions", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        var (prompt, answer) = (Prompt(conversation), conversation.Turns[0].Answer);
        return WriteFlat(
            line,
            new("prompt", Options.PromptFeature, prompt, Terminator.AfterPrompt(prompt)),
            new("completion", Options.CompletionFeature, answer, Terminator.AfterAnswer(answer)));
    }
}

internal sealed class TextFormat(CompilationOptions options, Terminator terminator) : RowFormat("text", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        var answer = conversation.Turns[0].Answer;
        var prompt = conversation.Turns[0].Question.Length == 0 ? "" : Prompt(conversation);
        var between = prompt.Length == 0 ? "" : Terminator.AfterPrompt(prompt) + (Options.PromptTemplate is null ? "\n\n" : "");
        return WriteFlat(line, new Flat("text", "text", prompt + between + answer, Terminator.AfterAnswer(answer)));
    }
}

internal sealed class AlpacaFormat(CompilationOptions options, Terminator terminator) : RowFormat("alpaca", options, terminator)
{
    public override IReadOnlyList<SchemaViolation> Write(JsonLine line, Conversation conversation)
    {
        var turn = conversation.Turns[0];
        var question = Options.PromptTemplate is null ? turn.Question : Prompt(conversation);
        var instruction = new Flat("instruction", "instruction", question, Terminator.AfterPrompt(question));
        var input = new Flat("input", "input", Options.PromptTemplate is null ? turn.Context ?? "" : "");
        var output = new Flat("output", "output", turn.Answer, Terminator.AfterAnswer(turn.Answer));
        return conversation.System is { } system
            ? WriteFlat(line, instruction, input, output, new Flat("system", "system", system))
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
            var question = UserMessage(turn);
            Message(line, "user", question, Terminator.AfterPrompt(question));
            Message(line, "assistant", turn.Answer, Terminator.AfterAnswer(turn.Answer));
        }

        line.Close(']').Close('}');
        return Check(line);
    }

    private static void Message(JsonLine line, string role, string content, string ending = "") =>
        line.Open('{').Property("role", role).Property("content", content, ending).Close('}');
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
            var question = UserMessage(turn);
            Message(line, "human", question, Terminator.AfterPrompt(question));
            Message(line, "gpt", turn.Answer, Terminator.AfterAnswer(turn.Answer));
        }

        line.Close(']').Close('}');
        return Check(line);
    }

    private static void Message(JsonLine line, string from, string value, string ending = "") =>
        line.Open('{').Property("from", from).Property("value", value, ending).Close('}');
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
            var question = UserMessage(turn);
            line.Open('{').Property("role", "user").Property("content", question, Terminator.AfterPrompt(question)).Close('}');
            Calls(line, turn, ref calls);
            line.Open('{').Property("role", "assistant").Property("content", turn.Answer, Terminator.AfterAnswer(turn.Answer)).Close('}');
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
