using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class EosTests
{
    [Theory]
    [InlineData("completions", "", """{"prompt":"What is MVCC?","completion":"a<E>"}""")]
    [InlineData("completions", "completion", """{"prompt":"What is MVCC?","completion":"a<E>"}""")]
    [InlineData("completions", "both", """{"prompt":"What is MVCC?<E>","completion":"a<E>"}""")]
    [InlineData("completions", "none", """{"prompt":"What is MVCC?","completion":"a"}""")]
    [InlineData("text", "", """{"text":"What is MVCC?\n\na<E>"}""")]
    [InlineData("text", "both", """{"text":"What is MVCC?<E>\n\na<E>"}""")]
    [InlineData("text", "none", """{"text":"What is MVCC?\n\na"}""")]
    [InlineData("alpaca", "", """{"instruction":"What is MVCC?","input":"","output":"a<E>"}""")]
    [InlineData("alpaca", "both", """{"instruction":"What is MVCC?<E>","input":"","output":"a<E>"}""")]
    [InlineData("chat", "", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"a"}]}""")]
    [InlineData("chat", "completion", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"a<E>"}]}""")]
    [InlineData("sharegpt", "", """{"conversations":[{"from":"human","value":"What is MVCC?"},{"from":"gpt","value":"a"}]}""")]
    [InlineData("sharegpt", "both", """{"conversations":[{"from":"human","value":"What is MVCC?<E>"},{"from":"gpt","value":"a<E>"}]}""")]
    [InlineData("tools", "", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"a"}]}""")]
    [InlineData("tools", "Completion", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"a<E>"}]}""")]
    public void The_token_stands_where_EosOn_says(string format, string eosOn, string row) =>
        Assert.Equal([row], Compiled.Of(Qa.Text(answer: "a"), ("DatasetFormat", format), ("EosOn", eosOn), ("EosToken", "<E>")).Rows);

    [Theory]
    [InlineData("a<|endoftext|>", "a<|endoftext|>")]
    [InlineData("a\n<|endoftext|>\n", "a\n<|endoftext|>")]
    [InlineData("a", "a<|endoftext|>")]
    public void An_answer_ends_with_exactly_one_token(string answer, string completion)
    {
        var compiled = Compiled.Of(Qa.Text(answer: answer));
        Assert.Empty(compiled.Found);
        Assert.Equal(completion, compiled.Row.GetProperty("completion").GetString());
    }

    [Theory]
    [InlineData("What is <|im_start|>?", "a", "", "QA5004(19,9)")]
    [InlineData("q", "a<|endoftext|><|endoftext|>", "", "QA5004(23,2)")]
    [InlineData("q", "a\nb<|endoftext|> c", "", "QA5004(24,2)")]
    [InlineData("q", "a <|eot_id|> <end_of_turn>", "", "QA5004(23,3) QA5004(23,14)")]
    [InlineData("q<|endoftext|>", "a", "", "QA5004(19,2)")]
    [InlineData("q", "a", "system: x<|im_end|>", "QA5004(2,1)")]
    [InlineData("q", "a", "context: { text: <|im_end|> }", "QA5004(2,12)")]
    [InlineData("q", "a", "paraphrases:\n  - b\n  - c <|im_end|>", "QA5004(4,3)")]
    public void A_special_token_inside_the_text_is_an_error_at_its_place(string question, string answer, string front, string found)
    {
        var compiled = Compiled.Of(Qa.Text(question: question, answer: answer, front: front));
        Assert.Equal(found.Split(' '), compiled.Found);
    }

    [Theory]
    [InlineData("result: <|im_end|>", "QA5004(4,5)")]
    [InlineData("arguments: { a: [{ b: 'x <|im_end|>' }] }", "QA5004(4,24)")]
    public void A_special_token_inside_a_call_is_an_error(string rest, string found) =>
        Assert.Equal([found], Compiled.Of(Qa.Text(front: $"calls:\n  - name: f\n    {rest}"), ("DatasetFormat", "tools")).Found);

    [Fact]
    public void The_token_of_the_project_is_special_too() =>
        Assert.Equal(["QA5004(23,3)"], Compiled.Of(Qa.Text(answer: "a </s> b"), ("EosToken", "</s>")).Found);

    [Fact]
    public void Html_is_no_special_token_without_a_base_that_has_it() => Assert.Empty(Compiled.Of(Qa.Text(answer: "a <s>b</s> c")).Found);

    [Fact]
    public void A_special_token_in_a_document_is_an_error() =>
        Assert.Equal(["QA5004(3,2)"], Compiled.Of(new Dictionary<string, string> { [Qa.Path] = Qa.Text(), ["docs/a.md"] = "# T\n\nx<|im_end|>" }).Found);
}
