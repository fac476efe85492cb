using System.Text;

namespace QaBuild.Model.Chat;

/// <summary>
/// A chat template in Go's template language, as a Modelfile's TEMPLATE has it: what Ollama makes of it is what <see cref="ChatTemplate"/> writes. Ollama gives it
/// <c>.Messages</c>, each with <c>.Role</c> and <c>.Content</c>, the system message being one of them and <c>.System</c>, too (docs/template.md of Ollama's repository,
/// section "Variables"); the answer follows the text.
/// </summary>
/// <remarks>The language cannot trim: white space at the ends of a message stays where <see cref="ChatTemplate"/> leaves it out.</remarks>
internal static class GoTemplate
{
    // Where a template names no messages, Ollama puts the question here.
    private const string Prompt = "{{ .Prompt }}";
    private const string Content = "{{ .Content }}";

    /// <summary>The template of a format.</summary>
    /// <param name="format">What stands around what is said.</param>
    /// <param name="before">What rows have before every question.</param>
    /// <param name="after">What they have after it.</param>
    public static string Of(ChatFormat format, string before = "", string after = "")
    {
        if (format.Family == ChatFamily.Raw)
        {
            return Literal(before) + Prompt + Literal(after);
        }

        before = Literal(format.TrimsQuestions ? before.TrimStart() : before);
        after = Literal(format.TrimsQuestions ? after.TrimEnd() : after);

        // No '-' stands beside a brace: it would take away line ends that the format needs.
        var text = new StringBuilder();
        var question = format.User.Before + before + Content + after + format.User.After;
        if (format.SystemInQuestion)
        {
            text.Append("{{ $system := .System }}");
            question = format.User.Before + "{{ if $system }}" + format.System.Before + "{{ $system }}" + format.System.After + "{{ $system = \"\" }}{{ end }}" + before + Content + after + format.User.After;
        }

        text.Append("{{ range .Messages }}{{ if eq .Role \"user\" }}").Append(question);
        text.Append("{{ else if eq .Role \"assistant\" }}").Append(format.Assistant.Before).Append(format.BeforeAnswer).Append(Content).Append(format.Terminator).Append(format.Assistant.After);
        if (!format.SystemInQuestion)
        {
            text.Append("{{ else if eq .Role \"system\" }}").Append(format.System.Before).Append(Content).Append(format.System.After);
        }

        return text.Append("{{ end }}{{ end }}").Append(format.Assistant.Before).ToString();
    }

    // Text of the user's may have what begins an action.
    private static string Literal(string text) => text.Replace("{{", "{{ \"{{\" }}", StringComparison.Ordinal);
}
