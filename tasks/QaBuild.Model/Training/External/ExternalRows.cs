using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using QaBuild.Model.Training.Data;

namespace QaBuild.Model.Training.External;

/// <summary>Rows as mlx-lm takes them: conversations as messages, which its tokenizer's template writes; all others as text, which it learns whole, prompt and all.</summary>
/// <param name="Count">How many.</param>
/// <param name="HasTexts">Whether any of them is a text.</param>
public sealed record ExternalRows(int Count, bool HasTexts)
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file of rows.</summary>
    /// <param name="reader">Knows the formats.</param>
    /// <param name="from">A file of the dataset; where there is none, nothing is written.</param>
    /// <param name="to">Gets the rows.</param>
    /// <exception cref="ModelFaultException">QA7015, QA7019: all that cannot be learned.</exception>
    public static ExternalRows Write(RowReader reader, string from, string to)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (faults, lines, hasTexts, number) = (new FaultList(1000), new StringBuilder(), false, 0);
        var count = 0;
        foreach (var line in Lines(from))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                var content = reader.Content(line);
                JsonObject row = content.Messages is { } messages
                    ? new() { ["messages"] = new JsonArray([.. messages.Select(m => (JsonNode)new JsonObject { ["role"] = m.Role, ["content"] = m.Content })]) }
                    : new() { ["text"] = content.Prompt + content.Answer };
                hasTexts |= content.Messages is null;
                lines.Append(row.ToJsonString(s_json)).Append('\n');
                count++;
            }
            catch (ModelFaultException fault) when (fault.Code == ModelFaults.TrainingRowMalformed)
            {
                faults.Add(new ModelFaultException(fault.Code, from, [.. fault.Arguments]) { Line = number, Column = 1 });
            }
        }

        faults.ThrowIfAny();
        AtomicFile.Write(to, s => s.Write(Encoding.UTF8.GetBytes(lines.ToString())));
        return new ExternalRows(count, hasTexts);
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.TrainingDataMissing, path, path, e.Message);
        }
    }
}
