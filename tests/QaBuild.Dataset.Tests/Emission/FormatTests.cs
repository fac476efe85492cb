using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class FormatTests
{
    private const string Front = "system: Be brief.\ncontext: { text: From the manual., from: here }\ntools: [{ name: f, description: d, parameters: { type: object } }]\ncalls: [{ name: f, arguments: { n: 1, s: \"x\\\"y\" }, result: r }, { name: f }]";

    [Theory]
    [InlineData("completions", """{"prompt":"What is MVCC?","completion":"Many versions of a row.<|endoftext|>"}""")]
    [InlineData("Completions", """{"prompt":"What is MVCC?","completion":"Many versions of a row.<|endoftext|>"}""")]
    [InlineData("chat", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"Many versions of a row."}]}""")]
    [InlineData("text", """{"text":"What is MVCC?\n\nMany versions of a row.<|endoftext|>"}""")]
    [InlineData("alpaca", """{"instruction":"What is MVCC?","input":"","output":"Many versions of a row.<|endoftext|>"}""")]
    [InlineData("sharegpt", """{"conversations":[{"from":"human","value":"What is MVCC?"},{"from":"gpt","value":"Many versions of a row."}]}""")]
    [InlineData("tools", """{"messages":[{"role":"user","content":"What is MVCC?"},{"role":"assistant","content":"Many versions of a row."}]}""")]
    public void A_plain_question_in_each_format(string format, string row) => Assert.Equal([row], Compiled.Of(Qa.Text(), ("DatasetFormat", format)).Rows);

    [Theory]
    [InlineData("completions", """{"prompt":"Be brief.\n\nFrom the manual.\n\nWhat is MVCC?","completion":"Many versions of a row.<|endoftext|>"}""")]
    [InlineData("chat", """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"From the manual.\n\nWhat is MVCC?"},{"role":"assistant","content":"Many versions of a row."}]}""")]
    [InlineData("text", """{"text":"Be brief.\n\nFrom the manual.\n\nWhat is MVCC?\n\nMany versions of a row.<|endoftext|>"}""")]
    [InlineData("alpaca", """{"instruction":"What is MVCC?","input":"From the manual.","output":"Many versions of a row.<|endoftext|>","system":"Be brief."}""")]
    [InlineData("sharegpt", """{"conversations":[{"from":"system","value":"Be brief."},{"from":"human","value":"From the manual.\n\nWhat is MVCC?"},{"from":"gpt","value":"Many versions of a row."}]}""")]
    [InlineData("tools", """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"From the manual.\n\nWhat is MVCC?"},{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"n\":1,\"s\":\"x\\\"y\"}"}},{"id":"call_2","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"r"},{"role":"tool","tool_call_id":"call_2","content":""},{"role":"assistant","content":"Many versions of a row."}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]}""")]
    public void A_system_prompt_context_and_tools_in_each_format(string format, string row) => Assert.Equal([row], Compiled.Of(Qa.Text(front: Front), ("DatasetFormat", format)).Rows);

    [Fact]
    public void Features_rename_the_keys_of_completions() =>
        Assert.Equal(
            ["""{"问题":"What is MVCC?","a\"b":"Many versions of a row.<|endoftext|>"}"""],
            Compiled.Of(Qa.Text(), ("PromptFeature", "问题"), ("CompletionFeature", "a\"b")).Rows);

    [Theory]
    [InlineData("Q: {question}\\nA: ", "Q: What is MVCC?\nA: ")]
    [InlineData("{context}|{system}|{question}|{question}", "the context {question}|the system|What is MVCC?|What is MVCC?")]
    [InlineData("{ question } {Question:1} {} {{question}}", "{ question } {Question:1} {} {What is MVCC?}")]
    public void A_template_makes_the_prompt(string template, string prompt)
    {
        var text = Qa.Text(front: "context: { text: \"the context {question}\" }");
        Assert.Equal(prompt, Compiled.Of(text, ("PromptTemplate", template), ("SystemPrompt", "the system")).Row.GetProperty("prompt").GetString());
        Assert.Equal(prompt, Compiled.Of(text, ("PromptTemplate", template), ("SystemPrompt", "the system"), ("DatasetFormat", "alpaca")).Row.GetProperty("instruction").GetString());
    }

    [Fact]
    public void A_template_replaces_the_blank_line_of_text_rows() =>
        Assert.Equal(["""{"text":"Q: What is MVCC?\nA: Many versions of a row.<|endoftext|>"}"""], Compiled.Of(Qa.Text(), ("DatasetFormat", "text"), ("PromptTemplate", "Q: {question}\\nA: ")).Rows);

    [Fact]
    public void In_a_chat_the_template_makes_the_user_message_and_the_system_prompt_stays_apart() =>
        Assert.Equal(
            ["""{"messages":[{"role":"system","content":"s"},{"role":"user","content":"[] What is MVCC?"},{"role":"assistant","content":"Many versions of a row."}]}"""],
            Compiled.Of(Qa.Text(), ("DatasetFormat", "chat"), ("SystemPrompt", "s"), ("PromptTemplate", "[{system}] {question}")).Rows);

    [Fact]
    public void The_system_prompt_of_a_file_goes_before_that_of_the_project()
    {
        var files = new Dictionary<string, string> { [Qa.PathOf(1)] = Qa.Text(front: "system: own"), [Qa.PathOf(2)] = Qa.Text(question: "b") };
        var rows = Compiled.Of(files, ("DatasetFormat", "chat"), ("SystemPrompt", "of all"), ("SplitRatio", "1/0/0")).Rows;
        Assert.StartsWith("""{"messages":[{"role":"system","content":"own"}""", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"messages":[{"role":"system","content":"of all"}""", rows[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", """{"messages":[{"role":"user","content":"one"},{"role":"assistant","content":"1"},{"role":"user","content":"two"},{"role":"assistant","content":"2"},{"role":"user","content":"three"},{"role":"assistant","content":"3"}]}""")]
    [InlineData("sharegpt", """{"conversations":[{"from":"human","value":"one"},{"from":"gpt","value":"1"},{"from":"human","value":"two"},{"from":"gpt","value":"2"},{"from":"human","value":"three"},{"from":"gpt","value":"3"}]}""")]
    public void A_chain_of_follow_ups_becomes_one_conversation(string format, string conversation)
    {
        var compiled = Compiled.Of(Chain(), ("DatasetFormat", format), ("ChainTurns", "true"), ("SplitRatio", "1/0/0"));
        Assert.Equal([conversation], compiled.Rows);
        Assert.Equal(["job_dba/skill_sql/qa_m_001", "job_dba/skill_sql/qa_h_001"], compiled.In("train.jsonl").Single().FollowUps);
        Assert.Contains("\"followUps\":[\"job_dba/skill_sql/qa_m_001\",\"job_dba/skill_sql/qa_h_001\"]", compiled.Manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", "false", 3)]
    [InlineData("completions", "true", 3)]
    [InlineData("chat", "true", 1)]
    public void Chains_are_for_chats_and_on_demand(string format, string chain, int rows) =>
        Assert.Equal(rows, Compiled.Of(Chain(), ("DatasetFormat", format), ("ChainTurns", chain), ("SplitRatio", "1/0/0")).Rows.Length);

    [Fact]
    public void A_second_follow_up_and_a_circle_begin_conversations_of_their_own()
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(question: "one", related: "qa_l_003"), [Qa.PathOf(2)] = Qa.Text(question: "two", related: "qa_l_001"),
            [Qa.PathOf(3)] = Qa.Text(question: "three", related: "qa_l_002"), [Qa.PathOf(4)] = Qa.Text(question: "four", related: "qa_l_001"),
        };
        var rows = Compiled.Of(files, ("DatasetFormat", "chat"), ("ChainTurns", "true"), ("SplitRatio", "1/0/0")).Rows;
        Assert.Equal(4, rows.Sum(r => r.Split("\"user\"").Length - 1));
        Assert.Equal(2, rows.Length);
    }

    [Fact]
    public void Each_paraphrase_is_a_row_with_the_same_answer() =>
        Assert.Equal(
            ["""{"prompt":"What is MVCC?","completion":"x<|endoftext|>"}""", """{"prompt":"MVCC?\n## Answer","completion":"x<|endoftext|>"}""", """{"prompt":"Explain MVCC.","completion":"x<|endoftext|>"}"""],
            Compiled.Of(Paraphrased).Rows);

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 2)]
    [InlineData("2", 3)]
    [InlineData("99", 3)]
    public void ParaphraseRows_caps_them(string most, int rows) => Assert.Equal(rows, Compiled.Of(Paraphrased, ("ParaphraseRows", most)).Rows.Length);

    [Theory]
    [InlineData("train", 3)]
    [InlineData("valid", 1)]
    [InlineData("test", 1)]
    public void A_weight_repeats_rows_in_train_only(string split, int times)
    {
        var compiled = Compiled.Of(Qa.Text(front: $"split: {split}\nweight: 3"));
        Assert.Equal(times, compiled.In($"{split}.jsonl").Count);
        Assert.Single(compiled.Rows.Distinct());
    }

    [Theory]
    [InlineData("none", "a b c d")]
    [InlineData("length", "b d a c")]
    [InlineData("difficulty", "c a b d")]
    public void The_curriculum_orders_rows(string order, string expected)
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1, "m")] = Qa.Text(question: "a", answer: "xxx", level: "m", front: "id: a"), [Qa.PathOf(2, "h")] = Qa.Text(question: "b", answer: "x", level: "h", front: "id: b"),
            [Qa.PathOf(3)] = Qa.Text(question: "c", answer: "xxxx", front: "id: c"), [Qa.PathOf(4, "h")] = Qa.Text(question: "d", answer: "😀😀", level: "h", front: "id: d"),
        };
        Assert.Equal(expected.Split(' '), Compiled.Of(files, ("CurriculumOrder", order), ("SplitRatio", "1/0/0")).In("train.jsonl").Select(r => r.Id));
    }

    private static string Paraphrased => Qa.Text(answer: "x", front: "paraphrases:\n  - |\n    MVCC?  \n    ## Answer\n  - Explain MVCC.");

    private static Dictionary<string, string> Chain() => new()
    {
        [Qa.PathOf(1, "h")] = Qa.Text(question: "three", answer: "3", level: "h", related: "qa_m_001"),
        [Qa.PathOf(1)] = Qa.Text(question: "one", answer: "1"),
        [Qa.PathOf(1, "m")] = Qa.Text(question: "two", answer: "2", level: "m", related: "qa_l_001"),
    };
}

public sealed class FilterTests
{
    [Theory]
    [InlineData("IncludeJob", "dba", "1 2 3")]
    [InlineData("IncludeJob", "DEV|nobody", "4")]
    [InlineData("IncludeSkill", "full text; go", "2 4")]
    [InlineData("IncludeLevel", "l;h", "1 3 4")]
    [InlineData("IncludeTag", "新;x", "1 3")]
    [InlineData("IncludeLanguage", "zh", "3")]
    [InlineData("IncludeLanguage", "en", "1 2 4")]
    [InlineData("ExcludeJob", "dba", "4")]
    [InlineData("ExcludeSkill", "full text", "1 3 4")]
    [InlineData("ExcludeLevel", "m", "1 3 4")]
    [InlineData("ExcludeTag", "X", "2 3 4")]
    [InlineData("ExcludeLanguage", "zh", "1 2 4")]
    public void Units_are_chosen_by(string name, string value, string ids) => Assert.Equal(ids, Chosen((name, value)));

    [Fact]
    public void All_lists_must_agree() => Assert.Equal("2", Chosen(("IncludeJob", "dba"), ("IncludeLanguage", "en"), ("ExcludeTag", "x")));

    [Fact]
    public void A_filter_moves_no_unit_to_another_split()
    {
        var all = Compiled.Of(Qa.Files(40), ("SplitRatio", "1/1/1")).Splits;
        var files = Qa.Files(40, front: "tags: [keep]").Where((_, i) => i % 2 == 0).Concat(Qa.Files(40).Where((_, i) => i % 2 == 1)).ToDictionary();
        Assert.All(Compiled.Of(files, ("SplitRatio", "1/1/1"), ("IncludeTag", "keep")).Splits, s => Assert.Equal(all[s.Key], s.Value));
    }

    private static string Chosen(params (string, string)[] options)
    {
        var files = new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(front: "id: 1\ntags: [x, y]"),
            ["job_dba/skill_full text/qa_m_2.md"] = Qa.Text(question: "b", skill: "full text", level: "m", front: "id: 2"),
            [Qa.PathOf(3, "h")] = Qa.Text(question: "什么是多版本并发控制?", answer: "一行的多个版本。", level: "h", front: "id: 3\ntags: [新]"),
            ["job_dev/skill_go/qa_l_4.md"] = Qa.Text(question: "d", job: "dev", skill: "go", front: "id: 4"),
        };
        return string.Join(' ', Compiled.Of(files, [.. options, ("SplitRatio", "1/0/0")]).In("train.jsonl").Select(r => r.Id));
    }
}
