using System.Globalization;
using QaBuild.Model.Chat;

namespace QaBuild.Model.Packaging;

/// <summary>What a model in Ollama is made of (docs/modelfile.md of Ollama's repository): the lines of a Modelfile, and the fields of a request to create it.</summary>
public sealed record Modelfile
{
    /// <summary>FROM: a GGUF's path; null when <see cref="From"/> names a model that Ollama has.</summary>
    public string? Weights { get; init; }

    /// <summary>FROM: a model that Ollama has, to put <see cref="Adapter"/> on.</summary>
    public string? From { get; init; }

    /// <summary>ADAPTER: a LoRA adapter's GGUF, or null.</summary>
    public string? Adapter { get; init; }

    /// <summary>TEMPLATE, in Go's template language; null for the one of <see cref="From"/>.</summary>
    public string? Template { get; init; }

    /// <summary>SYSTEM: what the model is told when a conversation has no system message, or null.</summary>
    public string? System { get; init; }

    /// <summary>LICENSE: the licence's text, or null.</summary>
    public string? License { get; init; }

    /// <summary>PARAMETER, in turn: a name of <see cref="ModelParameter.Valid"/> and its value; <c>stop</c> may stand several times.</summary>
    public IReadOnlyList<ModelParameter> Parameters { get; init; } = [];

    /// <summary>A Modelfile of which template, system message and terminators are those that a model was trained with; FROM is for the caller to say.</summary>
    /// <param name="trained">How rows were put to it.</param>
    /// <param name="system">The system message, null or empty for the template's own.</param>
    /// <param name="temperature">0 takes the likeliest token each time.</param>
    /// <param name="contextLength">In tokens.</param>
    /// <exception cref="ModelFaultException">QA8022: the template has no place for a system message.</exception>
    public static Modelfile Of(TrainedTemplate trained, string? system, double temperature, int contextLength)
    {
        var template = trained.Template;
        var told = string.IsNullOrEmpty(system) ? template.DefaultSystem : system;
        return told is not null && template.Family == ChatFamily.Raw
            ? throw new ModelFaultException(ModelFaults.ConversationUnwritable, "", ChatTemplate.FamilyName(template.Family), new Reason("ChatRawSystem"))
            : new Modelfile
            {
                Template = GoTemplate.Of(template.Format, trained.Marks.Before, trained.Marks.After),
                System = told,
                Parameters =
                [
                    .. trained.Stops.Select(t => new ModelParameter("stop", t)),
                    new ModelParameter("temperature", temperature.ToString(CultureInfo.InvariantCulture)),
                    new ModelParameter("num_ctx", contextLength.ToString(CultureInfo.InvariantCulture)),
                ],
            };
    }
}
