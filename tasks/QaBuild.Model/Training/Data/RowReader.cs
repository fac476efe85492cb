using System.Text.Json;
using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Training.Data;

/// <summary>
/// Reads rows of any format that a dataset is compiled to, by their keys, and gives the text that a model reads. Training and evaluation go by it. Rows of completions, alpaca and
/// text stand as they were compiled; messages and conversations, tools and calls with them, are written by the chat template.
/// </summary>
/// <param name="template">Writes conversations; asked for when there is one, since a model without a known template can still learn plain rows.</param>
/// <param name="applyTemplate">Null goes by the format; true writes questions and answers of completions and alpaca by the template, too.</param>
/// <param name="manifest">Says what the keys of completions are called.</param>
public sealed class RowReader(Lazy<ChatTemplate> template, bool? applyTemplate, DatasetManifest manifest)
{
    private const string User = "user";
    private const string Assistant = "assistant";

    /// <summary>A reader for a base model.</summary>
    /// <param name="model">Whose chat template writes conversations.</param>
    /// <param name="chosenTemplate">The property <c>ChatTemplate</c>; empty to go by the model.</param>
    /// <param name="applyTemplate">As the recipe has it.</param>
    /// <param name="manifest">Of the dataset.</param>
    public static RowReader For(BaseModelDescription model, string? chosenTemplate, bool? applyTemplate, DatasetManifest manifest) =>
        new(new Lazy<ChatTemplate>(() => ChatTemplate.Of(model, chosenTemplate)), applyTemplate, manifest);

    /// <summary>The text of a row.</summary>
    /// <param name="line">A line of JSONL.</param>
    /// <exception cref="ModelFaultException">QA7015, without its place: the row is of no known format; QA8022: the template cannot write it.</exception>
    public RowText Read(string line)
    {
        var content = Content(line);
        if (content.Messages is { } messages)
        {
            var terminator = template.Value.Family == ChatFamily.Raw ? null : template.Value.Terminators[0];
            return new RowText(template.Value.Segments(messages, addGenerationPrompt: false), terminator) { Messages = [.. messages.Select(Asked)] };
        }

        var answer = new ChatSegment(content.Answer, true);
        return content.Prompt.Length == 0
            ? new RowText([answer], null)
            : new RowText([new ChatSegment(content.Prompt, false), answer], null) { Messages = [Asked(new(User, content.Prompt)), new(Assistant, content.Answer)] };
    }

    // What the rows have around every question is not asked by people.
    private ChatMessage Asked(ChatMessage message) => message.Role == User ? message with { Content = manifest.Marks.Bare(message.Content) } : message;

    /// <summary>What a row says, before it is written for a model.</summary>
    /// <param name="line">A line of JSONL.</param>
    /// <exception cref="ModelFaultException">QA7015, without its place.</exception>
    public RowContent Content(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            return row.ValueKind == JsonValueKind.Object ? Content(row) : throw Malformed(new Reason("JsonNoObject"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            throw Malformed(e.Message);
        }
    }

    private RowContent Content(JsonElement row)
    {
        if (row.TryGetProperty("messages", out var messages))
        {
            return messages.ValueKind == JsonValueKind.Array && ToolMessages.AreIn(row) ? Chat(WithTools(row)) : Chat(Messages(messages, "role", "content", r => r));
        }

        if (row.TryGetProperty("conversations", out var conversations))
        {
            return Chat(Messages(conversations, "from", "value", r => r switch { "human" => User, "gpt" => Assistant, _ => r }));
        }

        if (row.TryGetProperty("instruction", out _))
        {
            var input = row.TryGetProperty("input", out _) ? Text(row, "input") : "";
            var system = row.TryGetProperty("system", out _) ? Text(row, "system") : "";
            return Pair(system, input.Length > 0 ? $"{input}\n\n{Text(row, "instruction")}" : Text(row, "instruction"), Text(row, "output"));
        }

        if (row.TryGetProperty("text", out _))
        {
            return new RowContent(null, "", Text(row, "text"));
        }

        return row.TryGetProperty(manifest.PromptKey, out _)
            ? Pair("", Text(row, manifest.PromptKey), Text(row, manifest.CompletionKey))
            : throw Malformed(new Reason("RowUnknown", string.Join(", ", row.EnumerateObject().Select(p => p.Name).Take(10))));
    }

    private RowContent Pair(string system, string question, string answer)
    {
        if (applyTemplate != true)
        {
            return new RowContent(null, system.Length > 0 ? $"{system}\n\n{question}" : question, answer);
        }

        ChatMessage[] messages = [new(User, question), new(Assistant, answer)];
        return Chat(system.Length > 0 ? [new ChatMessage("system", system), .. messages] : messages);
    }

    private ChatMessage[] WithTools(JsonElement row)
    {
        if (template.Value.Family != ChatFamily.ChatMl)
        {
            throw Malformed(new Reason("RowTools", ChatTemplate.FamilyName(template.Value.Family)));
        }

        try
        {
            return ToolMessages.Of(row, template.Value.DefaultSystem);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Malformed(new Reason("RowToolShape"));
        }
    }

    private static RowContent Chat(ChatMessage[] messages) => messages is [.., { Role: Assistant }] ? new RowContent(messages, "", "") : throw Malformed(new Reason("RowNoAnswer"));

    private static ChatMessage[] Messages(JsonElement list, string role, string content, Func<string, string> roleOf)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw Malformed(new Reason("PromptNoMessage"));
        }

        return [.. list.EnumerateArray().Select(m => m.ValueKind == JsonValueKind.Object ? new ChatMessage(roleOf(Text(m, role)), Text(m, content)) : throw Malformed(new Reason("PromptNoMessage")))];
    }

    private static string Text(JsonElement row, string key) =>
        row.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Malformed(new Reason("RowNoText", key));

    private static ModelFaultException Malformed(object reason) => new(ModelFaults.TrainingRowMalformed, "", reason);
}
