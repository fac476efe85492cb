using System.Text.Json;
using QaBuild.Model;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary>What a row asks: a text, or a conversation that waits for an answer.</summary>
/// <param name="Line">1-based; 0 outside of a file.</param>
/// <param name="Text">Null for a conversation.</param>
/// <param name="Messages">Null for a text; otherwise at least one.</param>
internal sealed record PromptRow(int Line, string? Text, IReadOnlyList<ChatMessage>? Messages);

/// <summary>The prompts of a JSONL file, in the shapes of our own rows.</summary>
/// <param name="Path">As the user named it.</param>
/// <param name="Rows">Those that can be asked.</param>
/// <param name="Faults">What is wrong with the others.</param>
internal sealed record PromptFile(string Path, IReadOnlyList<PromptRow> Rows, IReadOnlyList<ModelFaultException> Faults)
{
    /// <summary>Reads all rows and finds all faults.</summary>
    public static PromptFile Read(string path)
    {
        var rows = new List<PromptRow>();
        var faults = new List<ModelFaultException>();
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }

                try
                {
                    rows.Add(Row(line, number));
                }
                catch (ModelFaultException fault)
                {
                    faults.Add(new ModelFaultException(fault.Code, path, path, fault.Arguments[1]) { Line = number, Column = 1 });
                }
            }

            if (rows.Count + faults.Count == 0)
            {
                faults.Add(Malformed(path, new Reason("PromptsEmpty")));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(Malformed(path, e.Message));
        }

        return new PromptFile(path, rows, faults);
    }

    private static ModelFaultException Malformed(string path, object reason) => new(ModelFaults.FileMalformed, path, path, reason);

    private static PromptRow Row(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Malformed("", new Reason("PromptNoPrompt"));
            }

            if (json.RootElement.TryGetProperty("messages", out var messages) && messages.ValueKind == JsonValueKind.Array)
            {
                return new PromptRow(number, null, Asked([.. messages.EnumerateArray().Select(Message)]));
            }

            return json.RootElement.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String
                ? new PromptRow(number, prompt.GetString(), null)
                : throw Malformed("", new Reason("PromptNoPrompt"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            throw Malformed("", e.Message);
        }
    }

    private static ChatMessage Message(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object
        && message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String
        && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
            ? new ChatMessage(role.GetString()!, content.GetString()!)
            : throw Malformed("", new Reason("PromptNoMessage"));

    // A row to train with ends with the answer.
    private static ChatMessage[] Asked(ChatMessage[] messages)
    {
        var asked = messages is [.., { Role: "assistant" }] ? messages[..^1] : messages;
        return asked.Length > 0 ? asked : throw Malformed("", new Reason("PromptNoPrompt"));
    }
}
