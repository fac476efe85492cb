using System.Buffers;
using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Importing;

/// <summary>
/// Writes front matter that <see cref="Sources.YamlBlock"/> reads back to the letter: texts of several lines as literal blocks, which a review can
/// read, all others in double quotes with escapes for what YAML or an editor would change.
/// </summary>
internal sealed class YamlText
{
    private const int Step = 2;
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat(Enumerable.Range(127, 33)).Select(c => (char)c), '"', '\\', '\u2028', '\u2029', '\uFEFF', '\uFFFE', '\uFFFF']);

    private readonly StringBuilder _yaml = new();

    private YamlText()
    {
    }

    /// <summary>The lines of a mapping; empty for an empty one.</summary>
    public static string Of(JObject mapping)
    {
        var text = new YamlText();
        text.Mapping(mapping, 0, inline: false);
        return text._yaml.ToString();
    }

    private void Mapping(JObject mapping, int indent, bool inline)
    {
        foreach (var property in mapping.Properties())
        {
            _yaml.Append(' ', inline ? 0 : indent);
            inline = false;
            Key(property.Name);
            _yaml.Append(':');
            Value(property.Value, indent + Step);
        }
    }

    private void Value(JToken value, int indent)
    {
        switch (value)
        {
            case JObject { Count: > 0 } mapping:
                _yaml.Append('\n');
                Mapping(mapping, indent, inline: false);
                break;
            case JArray { Count: > 0 } list:
                _yaml.Append('\n');
                Sequence(list, indent);
                break;
            default:
                _yaml.Append(' ');
                Scalar(value, indent);
                _yaml.Append('\n');
                break;
        }
    }

    private void Sequence(JArray list, int indent)
    {
        foreach (var item in list)
        {
            _yaml.Append(' ', indent).Append('-');
            if (item is JObject { Count: > 0 } mapping)
            {
                _yaml.Append(' ');
                Mapping(mapping, indent + Step, inline: true);
            }
            else
            {
                Value(item, indent + Step);
            }
        }
    }

    private void Scalar(JToken value, int indent)
    {
        switch (value)
        {
            case JObject:
                _yaml.Append("{}");
                break;
            case JArray:
                _yaml.Append("[]");
                break;
            case JValue { Value: string text } when IsLiteral(text):
                Literal(text, indent);
                break;
            case JValue { Value: string text }:
                Quoted(text);
                break;
            case JValue { Value: bool truth }:
                _yaml.Append(truth ? "true" : "false");
                break;
            case JValue { Value: IFormattable number }:
                _yaml.Append(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                _yaml.Append("null");
                break;
        }
    }

    private void Key(string name)
    {
        if (name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            _yaml.Append(name);
        }
        else
        {
            Quoted(name);
        }
    }

    // A literal block keeps blanks and line ends as they are but has no escapes, and its first line says how deep it is indented.
    private static bool IsLiteral(string text)
    {
        if (!text.Contains('\n') || text[0] is ' ' or '\t' or '\n' || text[^1] is ' ' or '\t' or '\n')
        {
            return false;
        }

        foreach (var c in text)
        {
            if (c is not ('\n' or '\t' or '"' or '\\') && Special.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    private void Literal(string text, int indent)
    {
        _yaml.Append("|-");
        foreach (var line in text.Split('\n'))
        {
            _yaml.Append('\n');
            if (line.Length > 0)
            {
                _yaml.Append(' ', indent).Append(line);
            }
        }
    }

    private void Quoted(string text)
    {
        _yaml.Append('"');
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var plain = rest.IndexOfAny(Special);
            _yaml.Append(plain < 0 ? rest : rest[..plain]);
            if (plain < 0)
            {
                break;
            }

            _yaml.Append(rest[plain] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                var c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
            });
            rest = rest[(plain + 1)..];
        }

        _yaml.Append('"');
    }
}
