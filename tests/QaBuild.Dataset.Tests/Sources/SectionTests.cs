using System.Text.Json;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class SectionTests
{
    private static readonly Dictionary<string, string> English = new()
    {
        ["job"] = "Job", ["skill"] = "Skill", ["level"] = "Difficulty", ["related"] = "Related questions", ["question"] = "Question", ["answer"] = "Answer", ["proofreading"] = "Proofreading",
    };

    public static TheoryData<string, string> Aliases()
    {
        var data = new TheoryData<string, string>();
        using var vocabulary = JsonDocument.Parse(File.ReadAllText(Repository.Path("schema", "vocabulary.json")));
        foreach (var section in vocabulary.RootElement.GetProperty("sections").EnumerateObject())
        {
            foreach (var alias in section.Value.EnumerateArray())
            {
                data.Add(section.Name, alias.GetString()!);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Every_word_of_the_vocabulary_opens_its_section(string section, string alias) =>
        Assert.Equal("Many versions of a row.", Compiled.Of(Named(section, alias)).Unit.Answer.Text);

    [Fact]
    public void A_file_with_the_headings_of_the_specification_compiles()
    {
        const string Text = "## 职业\n\ndba\n\n## 知识点\n\nsql\n\n## 问题难度(l|m|h)\n\nl\n\n## 关联问题\n\n无\n\n## 问题\n\n什么是 MVCC?\n\n## 答案\n\n一行的多个版本。\n\n## 校对信息\n\n张三\n";
        var compiled = Compiled.Of(Text);
        Assert.Empty(compiled.Found);
        Assert.Equal(("什么是 MVCC?", "一行的多个版本。", "张三"), (compiled.Unit.Question.Text, compiled.Unit.Answer.Text, compiled.Unit.Proofreading.Text));
    }

    [Theory]
    [InlineData("level", "问题难度（l｜m｜h）")]
    [InlineData("level", "问题难度 (L|M|H)")]
    [InlineData("level", "ＤＩＦＦＩＣＵＬＴＹ")]
    [InlineData("answer", "ANSWER")]
    [InlineData("answer", "answer  \t")]
    [InlineData("answer", "  Answer")]
    [InlineData("answer", "答 案")]
    [InlineData("answer", "Answer ##")]
    [InlineData("related", "RELATED  QUESTIONS")]
    public void Width_case_and_blanks_of_a_heading_do_not_matter(string section, string heading) =>
        Assert.Empty(Compiled.Of(Named(section, heading)).Found);

    [Theory]
    [InlineData("l", Level.Low)]
    [InlineData("M", Level.Medium)]
    [InlineData("ｈ", Level.High)]
    [InlineData("初级", Level.Low)]
    [InlineData("Intermediate", Level.Medium)]
    public void A_level_is_a_letter_or_a_word(string text, Level level) =>
        Assert.Equal(level, Compiled.Of(new Dictionary<string, string> { [Qa.PathOf(1, level.Letter())] = Qa.Text(level: text) }).Unit.Level);

    [Fact]
    public void An_unknown_level_is_named_at_its_line()
    {
        var compiled = Compiled.Of(Qa.Text(level: "expert"));
        Assert.Equal(["QA1009(11,1)"], compiled.Found);
        Assert.Contains("'expert'", compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("### Details\n\ntext")]
    [InlineData("# Answer")]
    [InlineData("### Answer")]
    [InlineData("##Answer")]
    [InlineData("## Answers to it")]
    [InlineData("    ## Answer")]
    [InlineData("see ## Answer")]
    [InlineData("Answer\n------")]
    [InlineData("## Unknown\n\ntext\n\n## 另一个\n\ntext")]
    [InlineData("| a | b |\n|---|---|\n| 1 | `\\|` |")]
    [InlineData("<details>\n<summary>x</summary>\n\n<b>y</b>\n</details>")]
    [InlineData("$$\n\\frac{a}{b} \\\\ c_{1}\n$$")]
    [InlineData("```sh\n## comment\nls\n```")]
    [InlineData("```markdown\n## Answer\n## 问题\n```\nend")]
    [InlineData("~~~\n## Answer\n```\n## Job\n~~~")]
    [InlineData("````\n```\n## Answer\n```\n````")]
    [InlineData("> ```\n> code\n> ```")]
    [InlineData("- item\n\n  ```\n  ## Question\n  ```")]
    [InlineData("---\na: b\n---")]
    [InlineData("    indented code first\ntext")]
    [InlineData("\u3000\u3000首行缩进")]
    [InlineData("a\n\n\n\nb")]
    [InlineData("tab\tinside, \"quotes\" \\ and 😀")]
    [InlineData("no-break blank at the end\u00A0\nnext")]
    [InlineData("\\## Unknown")]
    [InlineData("\\# Answer")]
    public void Text_is_kept_to_the_letter(string answer)
    {
        var compiled = Compiled.Of(Qa.Text(answer: answer));
        Assert.Empty(compiled.Found);
        Assert.Equal(answer, compiled.Unit.Answer.Text);
    }

    [Theory]
    [InlineData("a  \nb\t\nc \t ", "a\nb\nc")]
    [InlineData("\n \n\t\n  a\n \n\n", "  a")]
    [InlineData("```\na  \n\t\n```  \nb  ", "```\na  \n\t\n```\nb")]
    [InlineData("\\## Answer", "## Answer")]
    [InlineData("\\## 答案", "## 答案")]
    [InlineData("  \\## 答案 ", "  ## 答案")]
    [InlineData("\\\\## Answer", "\\## Answer")]
    [InlineData("\\\\\\## 答案", "\\\\## 答案")]
    [InlineData("```\n\\## Answer\n```", "```\n## Answer\n```")]
    public void Only_blanks_at_ends_and_the_backslash_before_a_heading_go(string written, string read) =>
        Assert.Equal(read, Compiled.Of(Qa.Text(answer: written)).Unit.Answer.Text);

    [Fact]
    public void An_unclosed_fence_is_reported_and_does_not_swallow_the_next_sections()
    {
        var compiled = Compiled.Of(Qa.Text(question: "Why?\n\n```sql\nSELECT 1;", answer: "Because:\n\n```sh\nls\n```"));
        Assert.Equal(["QA5001(21,1)"], compiled.Found);
        Assert.Equal("Because:\n\n```sh\nls\n```", compiled.Unit.Answer.Text);
    }

    [Fact]
    public void An_unclosed_fence_in_the_last_text_is_reported() =>
        Assert.Equal(["QA5001(25,1)"], Compiled.Of(Qa.Text(answer: "x\n\n~~~\ny")).Found);

    [Fact]
    public void A_missing_section_is_reported_where_it_belongs_with_the_line_that_was_perhaps_meant()
    {
        var compiled = Compiled.Of(Qa.Text().Replace("## Answer", "### Answer", StringComparison.Ordinal));
        Assert.Equal(["QA1004(21,1)"], compiled.Found);
        Assert.Contains("Line 21 reads '### Answer'", compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("## Answr")]
    [InlineData("##Answer")]
    [InlineData("**Answer**")]
    public void A_misspelt_heading_is_pointed_at(string heading) =>
        Assert.Contains($"'{heading}'", Compiled.Of(Qa.Text().Replace("## Answer", heading, StringComparison.Ordinal)).Report, StringComparison.Ordinal);

    [Fact]
    public void Every_missing_section_is_reported_at_once() =>
        Assert.Equal(7, Compiled.Of("Just some text.\n").Codes.Count(c => c == "QA1004"));

    [Fact]
    public void A_missing_section_is_placed_at_the_section_that_follows_it() =>
        Assert.Equal(["QA1004(5,1)"], Compiled.Of(Qa.Text().Replace("## Skill\n\nsql\n\n", "", StringComparison.Ordinal)).Found);

    [Fact]
    public void A_doubled_section_is_reported_at_the_second_with_the_line_of_the_first()
    {
        var compiled = Compiled.Of(Qa.Text(answer: "one\n\n## 问题\n\ntwo"));
        Assert.Equal(["QA1005(25,1)"], compiled.Found);
        Assert.Contains("after line 17", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_sections_are_reported_but_for_related_questions_and_proofreading() =>
        Assert.Equal(
            ["QA1006(1,1)", "QA1006(5,1)", "QA1006(9,1)", "QA1006(17,1)", "QA1006(21,1)"],
            Compiled.Of(Qa.Text(job: "", skill: "", level: "", related: "", question: "", answer: "")).Found);

    [Fact]
    public void Text_before_the_first_section_is_a_warning() =>
        Assert.Equal(["QA1010(2,1)"], Compiled.Of("\n# Title\n\n" + Qa.Text()).Found);

    private static string Named(string section, string heading) => Qa.Text().Replace($"## {English[section]}\n", $"## {heading}\n", StringComparison.Ordinal);
}
