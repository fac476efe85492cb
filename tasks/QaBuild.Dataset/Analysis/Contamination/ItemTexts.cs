using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Importing;

namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>
/// Takes question and answer out of a JSON record by the names that datasets and test sets use for them. Unlike an import it wants no whole record: what is
/// a question, an answer or a choice is taken, wherever it stands, and the rest (ids, labels, system prompts) is not.
/// </summary>
internal sealed class ItemTexts
{
    private static readonly HashSet<string> QuestionKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "question", "prompt", "instruction", "input", "query", "text", "problem", "context", "passage", "ctx", "sentence", "sentence1", "sentence2",
        "question1", "question2", "premise", "hypothesis", "stem", "goal",
    };

    private static readonly HashSet<string> AnswerKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "answer", "answers", "output", "completion", "response", "target", "solution", "canonical_solution", "explanation", "rationale", "reference",
        "references", "best_answer", "correct_answers", "incorrect_answers", "chosen", "rejected", "choices", "options", "endings", "A", "B", "C", "D", "E",
    };

    private static readonly HashSet<string> MessageKeys = new(StringComparer.OrdinalIgnoreCase) { "messages", "conversations", "conversation" };

    private readonly EosTokens _eos = new(null);
    private readonly StringBuilder _question = new();
    private readonly StringBuilder _answer = new();

    /// <summary>Question and answer; both empty when the record has no name that is known.</summary>
    /// <exception cref="InvalidOperationException">A text escapes half of a surrogate pair.</exception>
    public (string Question, string Answer) Of(JsonElement record)
    {
        _question.Clear();
        _answer.Clear();
        Take(record, null);
        return (_question.ToString(), _answer.ToString());
    }

    private void Take(JsonElement value, StringBuilder? into)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when into is not null:
                var text = _eos.TakeOff(value.GetString()!);
                into.Append(into.Length > 0 && text.Length > 0 ? "\n" : "").Append(text);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Take(item, into);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    TakeProperty(property, into);
                }

                break;
        }
    }

    private void TakeProperty(JsonProperty property, StringBuilder? within)
    {
        var (name, value) = (property.Name, property.Value);
        if (MessageKeys.Contains(name) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var message in value.EnumerateArray().Where(m => m.ValueKind == JsonValueKind.Object))
            {
                TakeMessage(message);
            }
        }
        else if (name.Equals("history", StringComparison.OrdinalIgnoreCase) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var turn in value.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.Array && t.GetArrayLength() == 2))
            {
                Take(turn[0], _question);
                Take(turn[1], _answer);
            }
        }
        else if (AnswerKeys.Contains(name))
        {
            Take(value, _answer);
        }
        else if (QuestionKeys.Contains(name) || (within is not null && name is "value" or "content"))
        {
            // The text of a choice is no question.
            Take(value, within ?? _question);
        }
        else if (within is null)
        {
            Take(value, null);
        }
    }

    private void TakeMessage(JsonElement message)
    {
        string? Text(string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var into = (Text("role") ?? Text("from"))?.ToLowerInvariant() switch
        {
            "user" or "human" => _question,
            "assistant" or "gpt" or "model" or "bot" or "chatgpt" => _answer,
            _ => null,
        };
        if (into is not null && (message.TryGetProperty("content", out var content) || message.TryGetProperty("value", out content)))
        {
            Take(content, into);
        }
    }
}
