namespace QaBuild.Dataset.Tests.Analysis.Content;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("I'm sorry, but I cannot help with that.")]
    [InlineData("Sorry, the task involves audio output.")]
    [InlineData("As an AI language model, I have no access to your server.")]
    [InlineData("It depends. As an AI, I have no opinion.")]
    [InlineData("I’m sorry, I don't have access to real-time data.")]
    [InlineData("I can't assist with that request.")]
    [InlineData("<nooutput>")]
    [InlineData("抱歉，我无法访问您的服务器。")]
    [InlineData("作为一个人工智能语言模型，我没有个人观点。")]
    [InlineData("很抱歉，作为一款AI语言模型，我没有浏览网络的能力。")]
    [InlineData("对不起，我不能提供这些信息。")]
    public void An_excuse_of_a_chat_model_is_a_warning_at_the_answer(string answer) =>
        Assert.Equal(["QA5008(23,1)"], Judged.Answer(answer, question: "MVCC 是什么? What is MVCC?").Found);

    [Theory]
    [InlineData("Sorry! The old documentation was wrong: `VACUUM` does lock.")]
    [InlineData("You cannot drop it while a view depends on it.")]
    [InlineData("Unfortunately PostgreSQL has no such option.")]
    [InlineData("很抱歉地说，旧文档写错了：`VACUUM` 会加锁。")]
    [InlineData("作为管理员，您无法删除它。")]
    [InlineData("I am an AI assistant built by the database team.")]
    public void An_answer_that_answers_is_none(string answer) => Assert.Empty(Judged.Answer(answer, question: "MVCC 是什么? What is MVCC?").Found);

    [Fact]
    public void What_only_a_model_says_of_itself_is_no_apology_that_was_asked_for() =>
        Assert.Equal(["QA5008(23,1)"], Judged.Answer("As an AI language model, I cannot time it.", question: "What is the response time?").Found);

    [Fact]
    public void A_negative_unit_may_refuse() => Assert.Empty(Judged.Answer("I'm sorry, but I cannot help with that.", front: "negative: true").Found);

    [Theory]
    [InlineData("Write an apology to a customer.", "I'm sorry, but I cannot find your parcel.")]
    [InlineData("How would an AI assistant decline?", "As an AI language model, I cannot do that.")]
    [InlineData("写一封道歉信。", "抱歉，我无法按时交付。")]
    public void Who_asks_for_an_excuse_gets_one(string question, string answer) => Assert.Empty(Judged.Answer(answer, question).Found);
}
