namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class EchoedQuestionTests
{
    [Theory]
    [InlineData("What is MVCC?", "What is MVCC?")]
    [InlineData("What is MVCC?", "**what is** MVCC")]
    [InlineData("怎样备份？", "怎样备份。")]
    public void The_question_again_is_a_warning_at_the_answer(string question, string answer) =>
        Assert.Equal(["QA5009(23,1)"], Judged.Answer(answer, question).Found);

    [Fact]
    public void A_paraphrase_again_is_one_too() =>
        Assert.Equal(["QA5009(27,1)"], Judged.Answer("What does MVCC mean", front: "paraphrases:\n  - What does MVCC mean?").Found);

    [Theory]
    [InlineData("What is MVCC?", "What is MVCC? Many versions of a row.")]
    [InlineData("1 + 1 = ?", "1 + 1 = 2")]
    [InlineData("???", "!!!")]
    public void An_answer_that_adds_something_is_none(string question, string answer) => Assert.Empty(Judged.Answer(answer, question).Found);
}
