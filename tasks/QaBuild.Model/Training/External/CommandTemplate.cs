using System.Text;
using System.Text.RegularExpressions;

namespace QaBuild.Model.Training.External;

/// <summary>
/// A command with placeholders, such as <c>accelerate launch train.py --data {data}</c>. No shell reads it: blanks part arguments, quotes hold them together, and what a
/// placeholder stands for stays within its argument, whatever it holds.
/// </summary>
public static partial class CommandTemplate
{
    /// <summary>The arguments of a command, its program first.</summary>
    /// <param name="template">The command.</param>
    /// <param name="values">What placeholders stand for.</param>
    /// <exception cref="ModelFaultException">QA7024: it is empty, a quote is open, or a placeholder is unknown.</exception>
    public static IReadOnlyList<string> Fill(string template, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var arguments = Split(template);
        if (arguments.Count == 0)
        {
            throw Unusable(new Reason("CommandEmpty"));
        }

        var unknown = arguments.SelectMany(a => Placeholder().Matches(a)).Select(m => m.Groups[1].Value).Where(n => !values.ContainsKey(n)).Distinct().ToArray();
        return unknown.Length == 0
            ? [.. arguments.Select(a => Placeholder().Replace(a, m => values[m.Groups[1].Value]))]
            : throw Unusable(new Reason("OptionPlaceholder", string.Join(", ", unknown.Select(u => $"{{{u}}}")), string.Join(", ", values.Keys.Order(StringComparer.Ordinal).Select(k => $"{{{k}}}"))));
    }

    private static List<string> Split(string template)
    {
        var (arguments, argument, quote) = (new List<string>(), (StringBuilder?)null, '\0');
        foreach (var c in template)
        {
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                argument = quote == '\0' ? argument : argument!.Append(c);
            }
            else if (c is '"' or '\'')
            {
                (quote, argument) = (c, argument ?? new StringBuilder());
            }
            else if (char.IsWhiteSpace(c))
            {
                arguments.AddRange(argument is null ? [] : [argument.ToString()]);
                argument = null;
            }
            else
            {
                (argument ??= new StringBuilder()).Append(c);
            }
        }

        arguments.AddRange(argument is null ? [] : [argument.ToString()]);
        return quote == '\0' ? arguments : throw Unusable(new Reason("CommandQuote", quote.ToString()));
    }

    private static ModelFaultException Unusable(Reason reason) => new(ModelFaults.TrainingSetting, "", "TrainCommand", reason);

    [GeneratedRegex(@"\{([A-Za-z_.]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
