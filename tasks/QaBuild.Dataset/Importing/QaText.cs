using System.Text;
using Newtonsoft.Json.Linq;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Importing;

/// <summary>Writes the text of a qa file.</summary>
internal static class QaText
{
    /// <param name="record">What the whole record says.</param>
    /// <param name="turn">Which of its turns.</param>
    /// <param name="id">The id in the front matter, or null.</param>
    /// <param name="names">Job and skill.</param>
    /// <param name="level">The level.</param>
    /// <param name="previous">The name of the file of the turn before, or null.</param>
    public static string Of(ImportedRecord record, ImportedTurn turn, string? id, (SafeName Job, SafeName Skill) names, Level level, string? previous)
    {
        var vocabulary = Vocabulary.Default;
        var chinese = LanguageDetector.IsChinese(new MarkedText(turn.Question), default);
        var text = new StringBuilder(turn.Question.Length + turn.Answer.Length + 256);
        var front = YamlText.Of(Front(record, turn, id));
        if (front.Length > 0)
        {
            text.Append("---\n").Append(front).Append("---\n\n");
        }

        void Section(Section section, string body)
        {
            text.Append("## ").Append(vocabulary.NameOf(section, latin: !chinese)).Append('\n');
            if (body.Length > 0)
            {
                text.Append('\n').Append(SourceBody.Write(body, vocabulary)).Append('\n');
            }

            if (section != Sources.Section.Proofreading)
            {
                text.Append('\n');
            }
        }

        Section(Sources.Section.Job, names.Job.Text);
        Section(Sources.Section.Skill, names.Skill.Text);
        Section(Sources.Section.Level, level.Letter());
        Section(Sources.Section.Related, previous is not null ? $"- [{previous}]({previous})" : chinese ? "无" : "none");
        Section(Sources.Section.Question, SourceBody.Normalize(turn.Question));
        Section(Sources.Section.Answer, SourceBody.Normalize(turn.Answer));
        Section(Sources.Section.Proofreading, SourceBody.Normalize(record.Proofreading));
        return text.ToString();
    }

    /// <summary>The front matter of a turn's file; empty when there is nothing to say.</summary>
    public static JObject Front(ImportedRecord record, ImportedTurn turn, string? id)
    {
        var front = new JObject();
        void Add(string key, JToken? value)
        {
            if (value is not null and not JArray { Count: 0 } and not JValue { Value: null })
            {
                front[key] = value;
            }
        }

        Add("id", id);
        Add("tags", new JArray(record.Tags));
        Add("source", record.Source);
        Add("license", record.License);
        Add("system", record.System is { } system ? SourceBody.Normalize(system) : null);
        if (turn.Context is { } context)
        {
            var passage = new JObject { ["text"] = SourceBody.Normalize(context.Text) };
            if (context.From is not null)
            {
                passage["from"] = context.From;
            }

            front["context"] = passage;
        }

        Add("tools", new JArray(record.Tools));
        Add("calls", new JArray(turn.Calls));
        return front;
    }
}
