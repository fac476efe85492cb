namespace QaBuild.Model.Training.Data;

/// <summary>
/// What a dataset's rows have around every question, so that whoever asks the model need not write it: the text of PromptTemplate, a system prompt that is a part of the prompt, the EOS token
/// that EosOn puts after prompts. A question's own context is none of it.
/// </summary>
/// <param name="Before">Before the question.</param>
/// <param name="After">After it.</param>
public sealed record PromptMarks(string Before, string After)
{
    private const string Question = "{question}";

    /// <summary>Nothing.</summary>
    public static PromptMarks None { get; } = new("", "");

    /// <summary>The marks that the options of a dataset make.</summary>
    /// <param name="format">For example completions.</param>
    /// <param name="template">PromptTemplate, or null.</param>
    /// <param name="system">SystemPrompt, or null.</param>
    /// <param name="eos">The token after prompts; empty where there is none.</param>
    public static PromptMarks Of(string format, string? template, string? system, string eos)
    {
        // A conversation has a message for the system prompt.
        var isConversation = format is "chat" or "sharegpt" or "tools";
        var told = isConversation ? null : system;

        // A property on a command line cannot hold a line end; \n stands for one.
        template = template?.Replace("\\n", "\n", StringComparison.Ordinal);
        var pattern = template ?? (told is null || format == "alpaca" ? Question : "{system}\n\n" + Question);
        if (format == "alpaca" && told is not null)
        {
            pattern = "{system}\n\n" + pattern;
        }

        if (pattern.Split(Question) is not [var before, var after])
        {
            return None;
        }

        string Filled(string part) => part.Replace("{context}", "", StringComparison.Ordinal).Replace("{system}", told ?? "", StringComparison.Ordinal);
        var end = Filled(after);
        end += eos.Length > 0 && !end.EndsWith(eos, StringComparison.Ordinal) ? eos : "";
        return new PromptMarks(Filled(before), format == "text" && template is null ? end + "\n\n" : end);
    }

    /// <summary>A prompt without its marks; as it is when it has not both.</summary>
    public string Bare(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return IsAround(prompt) ? prompt[Before.Length..^After.Length] : prompt;
    }

    /// <summary>Whether a prompt has them.</summary>
    public bool IsAround(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.Length >= Before.Length + After.Length && prompt.StartsWith(Before, StringComparison.Ordinal) && prompt.EndsWith(After, StringComparison.Ordinal);
    }
}
