namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class CutOffTests
{
    private const string English = "Each new row needs an entry";

    [Theory]
    [InlineData(English + " in the index, and the table has many of them,", 73, ",")]
    [InlineData("The row is short.\n" + English + " in it,", 34, ",")]
    [InlineData(English + " and", 29, "and")]
    [InlineData(English + " because", 29, "because")]
    [InlineData(English + " in the", 32, "the")]
    [InlineData(English + " in these indexes:", 45, ":")]
    [InlineData(English + " (", 29, "(")]
    [InlineData("每个新行都要在表的每一个索引里分别加一项，所以索引越多写入越慢，", 32, "，")]
    [InlineData("每个新行都要在表的每一个索引里分别加一项，其中包括主键、唯一约束、", 33, "、")]
    [InlineData("每个新行都要在索引里加一项，例如", 15, "例如")]
    [InlineData("每个新行都要在以下索引里加一项：", 16, "：")]
    [InlineData("每个新行都要在索引里加一项（", 14, "（")]
    public void An_answer_that_breaks_off_is_a_warning_at_its_end(string answer, int column, string end)
    {
        var compiled = Judged.Answer(answer, question: QuestionTo(answer));

        Assert.Equal([$"QA5010({22 + answer.Split('\n').Length},{column})"], compiled.Found);
        Assert.Equal(column + end.Length, compiled.Diagnostics[0].Location.EndColumn);
        Assert.Contains($"'{end}'", compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("First this.\n\n## Then", "## Then")]
    [InlineData("先做这一步。\n\n### 然后", "### 然后")]
    [InlineData("- one\n- two\n-", "-")]
    [InlineData("1. one\n2. two\n3.", "3.")]
    public void A_heading_or_item_with_nothing_below_is_one_too(string answer, string end)
    {
        var compiled = Judged.Answer(answer, question: QuestionTo(answer));

        Assert.Equal([$"QA5010({22 + answer.Split('\n').Length},1)"], compiled.Found);
        Assert.Contains($"'{end}'", compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Many versions of a row")]
    [InlineData("- one\n- two\n- three")]
    [InlineData("Dear Ms. Okafor,")]
    [InlineData("Thank you very much for your help.\n\nSincerely,")]
    [InlineData("Name:\nEmail:\nAny other comments you may want to add here:")]
    [InlineData("for row in reader:")]
    [InlineData("A whisper of spring in the winter's chill night,")] // one line of a poem
    [InlineData("The words are: cat, dog, this, and, the")]
    [InlineData("保持各项指标平和")]
    [InlineData("Use this one:\n\n```sql\nSELECT a,\n```")]
    [InlineData("~~~sql\nselect this from that where the one is the other,\n~~~")]
    [InlineData("42.")]
    [InlineData("a b c + -")]
    [InlineData("## Heading")]
    [InlineData("x = 1\n# Output of the program")]
    [InlineData("Something that one has to put up with")]
    public void Lists_code_forms_greetings_and_short_answers_are_none(string answer) => Assert.Empty(Judged.Answer(answer, question: QuestionTo(answer)).Found);

    [Fact]
    public void A_fence_that_nothing_closes_has_its_own_finding_only() =>
        Assert.Equal(["QA5001"], Judged.Answer("```sql\nselect this from that where the one is the other,").Codes);

    private static string QuestionTo(string answer) => answer.Any(c => c > 127) ? "MVCC 是什么？" : "What is MVCC?";
}
