using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Model;
using QaBuild.Model.Chat;
using QaBuild.Model.Inference;

namespace QaBuild.Tool;

/// <summary>How prompts are put to a model that is loaded.</summary>
/// <param name="System">What it is told first, or null.</param>
/// <param name="Raw">Without the chat template.</param>
/// <param name="Template">The chat template, or null for the one that llama.cpp takes the model's for.</param>
/// <param name="Options">How it answers.</param>
internal sealed record GenerateRun(string? System, bool Raw, ChatTemplate? Template, GenerateOptions Options)
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answer to standard output as it comes.</summary>
    public async Task<int> AnswerAsync(LlamaProcess llama, string prompt, CancellationToken cancellation)
    {
        var generation = await llama.GenerateAsync(Put(new PromptRow(0, prompt, null)), Options, Console.Write, cancellation);
        Console.WriteLine();
        if (generation.Finish == FinishReason.Length)
        {
            GenerateCommand.Tell("GenerateCut", generation.Tokens);
        }

        return ExitCode.Success;
    }

    /// <summary>Writes a row for each row; one that cannot be answered is reported and left out.</summary>
    public async Task<int> AnswerAllAsync(LlamaProcess llama, PromptFile file, string? output, CancellationToken cancellation)
    {
        var partial = output is null ? null : output + ".partial";
        var faults = new List<ModelFaultException>();
        try
        {
            await using (var stream = partial is null ? Console.OpenStandardOutput() : File.Create(partial))
            {
                await AnswerAllAsync(llama, file, stream, faults, cancellation);
            }

            if (partial is not null)
            {
                File.Move(partial, output!, overwrite: true);
            }
        }
        catch (Exception e) when (output is not null && e is IOException or UnauthorizedAccessException)
        {
            Console.WriteLine(new Diagnostic(Rule.OutputUnwritable, Severity.Error, Location.None, [output!, e.Message]).ToString(CultureInfo.CurrentUICulture));
            return ExitCode.Failed;
        }
        finally
        {
            if (partial is not null)
            {
                File.Delete(partial);
            }
        }

        GenerateCommand.Report(faults);
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private async Task AnswerAllAsync(LlamaProcess llama, PromptFile file, Stream stream, List<ModelFaultException> faults, CancellationToken cancellation)
    {
        using var line = new ProgressLine();
        var tokens = 0L;
        for (var i = 0; i < file.Rows.Count; i++)
        {
            try
            {
                var generation = await llama.GenerateAsync(Put(file.Rows[i]), Options, cancellation: cancellation);
                tokens += generation.Tokens;
                await stream.WriteAsync(Written(file.Rows[i], generation), cancellation);
            }
            catch (ModelFaultException fault) when (fault.Code is ModelFaults.ModelNotLoaded or ModelFaults.ConversationUnwritable)
            {
                // The model stays loaded; the fault is this row's.
                faults.Add(new ModelFaultException(fault.Code, file.Path, [.. fault.Arguments]) { Line = file.Rows[i].Line, Column = 1 });
            }

            var done = i + 1;
            line.Show(elapsed => new Phrase(
                "GenerateProgress", done, file.Rows.Count, (long)(tokens / elapsed.TotalSeconds), (elapsed / done * (file.Rows.Count - done)).ToString(@"h\:mm\:ss", null)));
        }
    }

    private static byte[] Written(PromptRow row, Generation generation)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            if (row.Messages is null)
            {
                json.WriteString("prompt", row.Text);
            }
            else
            {
                json.WriteStartArray("messages");
                foreach (var message in row.Messages)
                {
                    json.WriteStartObject();
                    json.WriteString("role", message.Role);
                    json.WriteString("content", message.Content);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteString("completion", generation.Text);
            json.WriteString("finish", generation.Finish == FinishReason.Eos ? "eos" : "length");
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private Prompt Put(PromptRow row)
    {
        if (Raw && row.Messages is null)
        {
            return Prompt.Raw(row.Text!);
        }

        var messages = row.Messages ?? [new ChatMessage("user", row.Text!)];
        messages = System is null || messages[0].Role == "system" ? messages : [new ChatMessage("system", System), .. messages];
        return Template is null ? Prompt.Chat(messages) : Prompt.Raw(Template.Render(messages, addGenerationPrompt: true));
    }
}
