using System.Text;
using System.Text.RegularExpressions;

namespace QaBuild.Dataset.Emission;

/// <summary>Makes a prompt of context, question and system prompt.</summary>
internal static partial class PromptTemplate
{
    public static IReadOnlyList<string> Placeholders { get; } = ["{context}", "{question}", "{system}"];

    /// <summary>Words in braces that are no placeholder.</summary>
    public static IEnumerable<string> UnknownPlaceholders(string template) =>
        Placeholder().Matches(template).Select(m => m.Value).Where(m => !Placeholders.Contains(m)).Distinct();

    /// <summary>Fills <paramref name="template"/>; with none, joins the parts that are there by blank lines.</summary>
    public static string Fill(string? template, string? system, string? context, string question)
    {
        if (template is not null)
        {
            return Placeholder().Replace(template, m => m.Value switch
            {
                "{context}" => context ?? "",
                "{question}" => question,
                "{system}" => system ?? "",
                var other => other,
            });
        }

        if (system is null && context is null)
        {
            return question;
        }

        var prompt = new StringBuilder();
        foreach (var part in (ReadOnlySpan<string?>)[system, context])
        {
            if (part is not null)
            {
                prompt.Append(part).Append("\n\n");
            }
        }

        return prompt.Append(question).ToString();
    }

    [GeneratedRegex(@"\{[A-Za-z_]+\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
