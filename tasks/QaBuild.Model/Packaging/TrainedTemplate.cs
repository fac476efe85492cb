using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Training.Data;

namespace QaBuild.Model.Packaging;

/// <summary>How the rows of a dataset were put to a model when it was trained, which is how it must be asked ever after.</summary>
/// <param name="Template">Raw for rows that stood as they were compiled.</param>
/// <param name="Stops">The texts that end an answer.</param>
public sealed record TrainedTemplate(ChatTemplate Template, IReadOnlyList<string> Stops)
{
    /// <summary>What rows have around every question.</summary>
    public PromptMarks Marks { get; init; } = PromptMarks.None;

    /// <summary>Finds it out from the first row; all rows of a dataset are of one format.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="chosen">The property <c>ChatTemplate</c>; empty to go by the model.</param>
    /// <param name="dataset">The folder of the rows.</param>
    /// <param name="applyTemplate">As the recipe had it; null goes by the format.</param>
    /// <exception cref="ModelFaultException">QA7003: there is no row; QA7015: it is of no known format; QA8020, QA8021: the template does not fit.</exception>
    public static TrainedTemplate Of(BaseModelDescription model, string? chosen, string dataset, bool? applyTemplate)
    {
        var rows = Path.Combine(dataset, TrainingData.TrainName);
        string? line;
        try
        {
            line = File.ReadLines(rows).FirstOrDefault(l => !string.IsNullOrWhiteSpace(l));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, rows, rows, e.Message);
        }

        var manifest = DatasetManifest.Read(dataset);
        var reader = RowReader.For(model, chosen, applyTemplate, manifest);
        if (line is null)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, rows, rows, new Reason("PromptsEmpty"));
        }

        var content = reader.Content(line);
        var template = reader.Read(line).Terminator is null ? ChatTemplate.Of(model, ChatTemplate.FamilyName(ChatFamily.Raw)) : ChatTemplate.Of(model, chosen);
        var prompt = content.Messages?.FirstOrDefault(m => m.Role == "user")?.Content ?? content.Prompt;
        return new TrainedTemplate(template, [.. template.Terminators.Append(manifest.Eos).OfType<string>().Where(t => t.Length > 0).Distinct()])
        {
            // Text that is learnt whole has no prompt to look at.
            Marks = prompt.Length == 0 || manifest.Marks.IsAround(prompt) ? manifest.Marks : PromptMarks.None,
        };
    }
}
