using System.Text.Json;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Tests.Importing;

public sealed class ShapeTests
{
    [Fact]
    public void Alpaca_comes_back_as_alpaca()
    {
        const string Rows = """
            [
              {"instruction": "Add.", "input": "1\n\n2: \"three\"", "output": "3"},
              {"instruction": "把它翻译成英文。", "input": "", "output": "Translated.", "system": "You are\na translator."}
            ]
            """;
        using var imported = Imported.Of(Rows, "math.json");
        Assert.Equal((2, 0, 2), (imported.Result.Taken, imported.Result.NotTaken, imported.Result.Files));
        Assert.Equal(
            [
                """{"instruction":"Add.","input":"1\n\n2: \"three\"","output":"3"}""",
                """{"instruction":"把它翻译成英文。","input":"","output":"Translated.","system":"You are\na translator."}""",
            ],
            imported.Compile(("DatasetFormat", "alpaca"), ("EosOn", "none"), ("SplitRatio", "1/0/0")).Rows);
    }

    [Fact]
    public void The_input_of_a_record_is_its_context_and_is_easy_to_read()
    {
        using var imported = Imported.Of("""{"instruction": "Sum up.", "input": "One line.\n---\n  Another: line.", "output": "Lines."}""");
        Assert.Equal(
            """
            ---
            context:
              text: |-
                One line.
                ---
                  Another: line.
            ---

            ## Job

            imported

            ## Skill

            set

            ## Difficulty

            m

            ## Related questions

            none

            ## Question

            Sum up.

            ## Answer

            Lines.

            ## Proofreading

            """.ReplaceLineEndings("\n"),
            imported.Text("job_imported/skill_set/qa_m_001.md"));
    }

    [Fact]
    public void A_question_that_is_mostly_chinese_has_chinese_headings()
    {
        using var imported = Imported.Of("""{"instruction": "什么是 MVCC?", "output": "多版本并发控制。"}""");
        Assert.Contains("## 问题难度(l|m|h)\n\nm\n\n## 关联问题\n\n无\n\n## 问题\n\n什么是 MVCC?\n", imported.Text("job_imported/skill_set/qa_m_001.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_of_a_record_becomes_the_turns_before_it()
    {
        using var imported = Imported.Of("""{"instruction": "And 3?", "input": "in words", "output": "Three.", "history": [["1?", "One."], ["2?", "Two."]]}""");
        Assert.Equal(
            ["""{"conversations":[{"from":"human","value":"1?"},{"from":"gpt","value":"One."},{"from":"human","value":"2?"},{"from":"gpt","value":"Two."},{"from":"human","value":"in words\n\nAnd 3?"},{"from":"gpt","value":"Three."}]}"""],
            imported.Compile(("DatasetFormat", "sharegpt"), ("ChainTurns", "true")).Rows);
    }

    [Theory]
    [InlineData("sharegpt", """{"conversations":[{"from":"system","value":"Be brief."},{"from":"human","value":"Hi."},{"from":"gpt","value":"Hello."},{"from":"human","value":"And you?"},{"from":"gpt","value":"Fine."},{"from":"human","value":"Bye."},{"from":"gpt","value":"Bye."}]}""")]
    [InlineData("chat", """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi."},{"role":"assistant","content":"Hello."},{"role":"user","content":"And you?"},{"role":"assistant","content":"Fine."}]}""")]
    public void A_conversation_comes_back_with_the_same_turns(string format, string row)
    {
        using var imported = Imported.Of(row + "\n" + row.Replace("Be brief.", "Be kind.", StringComparison.Ordinal) + "\n");
        Assert.Equal(2, imported.Result.Taken);
        Assert.Equal(
            [row, row.Replace("Be brief.", "Be kind.", StringComparison.Ordinal)],
            imported.Compile(("DatasetFormat", format), ("ChainTurns", "true"), ("SplitRatio", "1/0/0")).Rows);
    }

    [Fact]
    public void A_sharegpt_list_may_have_its_system_prompt_beside_it_and_content_in_parts()
    {
        using var imported = Imported.Of("""
            {"system": "Be brief.", "conversations": [{"from": "user", "value": "Hi."}, {"from": "assistant", "value": "Hello."}]}
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "Who "}, {"type": "text", "value": "is it?"}], "loss_weight": 0.0}, {"role": "assistant", "content": "Me."}]}
            """);
        Assert.Equal(
            [
                """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi."},{"role":"assistant","content":"Hello."}]}""",
                """{"messages":[{"role":"user","content":"Who is it?"},{"role":"assistant","content":"Me."}]}""",
            ],
            imported.Compile(("DatasetFormat", "chat"), ("SplitRatio", "1/0/0")).Rows);
        Assert.Contains("no place for the key 'messages[].loss_weight': it was left out of 1 records", imported.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""
        {"conversations": [{"from": "human", "value": "Weather?"},
          {"from": "function_call", "value": "{\"name\": \"get\", \"arguments\": {\"city\": \"北京\", \"days\": 3, \"scale\": 1.50, \"tiny\": 1e-3, \"yes\": \"true\", \"is\": true, \"no\": null, \"list\": [[1], {\"a\": []}, {}], \"a: b\": \"- x\"}}"},
          {"from": "observation", "value": "{\"t\": 5}\n"}, {"from": "gpt", "value": "5 degrees."}],
         "tools": "[{\"name\": \"get\", \"description\": \"Gets:\\n  it\", \"parameters\": {\"type\": \"object\", \"properties\": {}, \"required\": [\"city\"]}}]"}
        """)]
    [InlineData("""
        {"messages": [{"role": "user", "content": "Weather?"},
          {"role": "assistant", "content": null, "tool_calls": [{"id": "x9", "type": "function", "function": {"name": "get", "arguments": "{\"city\": \"北京\", \"days\": 3, \"scale\": 1.50, \"tiny\": 1e-3, \"yes\": \"true\", \"is\": true, \"no\": null, \"list\": [[1], {\"a\": []}, {}], \"a: b\": \"- x\"}"}}]},
          {"role": "tool", "tool_call_id": "x9", "content": "{\"t\": 5}\n"}, {"role": "assistant", "content": "5 degrees."}],
         "tools": [{"type": "function", "function": {"name": "get", "description": "Gets:\n  it", "parameters": {"type": "object", "properties": {}, "required": ["city"]}}}]}
        """)]
    public void Tools_and_calls_come_back(string record)
    {
        using var imported = Imported.Of(record.ReplaceLineEndings(""));
        const string Row = """
            {"messages":[{"role":"user","content":"Weather?"},
            {"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{\"city\":\"北京\",\"days\":3,\"scale\":1.50,\"tiny\":0.001,\"yes\":\"true\",\"is\":true,\"no\":null,\"list\":[[1],{\"a\":[]},{}],\"a: b\":\"- x\"}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"{\"t\": 5}\n"},{"role":"assistant","content":"5 degrees."}],
            "tools":[{"type":"function","function":{"name":"get","description":"Gets:\n  it","parameters":{"type":"object","properties":{},"required":["city"]}}}]}
            """;
        Assert.Equal(imported.Report, $"1 records taken, 0 not taken; 1 files written to {Path.Combine(imported.Root, "job_imported", "skill_set")}");
        Assert.Equal([Row.ReplaceLineEndings("")], imported.Compile(("DatasetFormat", "tools")).Rows);
    }

    [Fact]
    public void The_tools_of_a_conversation_stand_in_its_row_once()
    {
        using var imported = Imported.Of("""
            {"tools": [{"name": "f"}], "conversations": [{"from": "human", "value": "a?"}, {"from": "gpt", "value": "A."}, {"from": "human", "value": "b?"}, {"from": "function_call", "value": "{\"name\": \"f\"}"}, {"from": "observation", "value": "1"}, {"from": "gpt", "value": "B."}]}
            """);
        using var row = JsonDocument.Parse(Assert.Single(imported.Compile(("DatasetFormat", "tools"), ("ChainTurns", "true")).Rows));
        Assert.Equal(1, row.RootElement.GetProperty("tools").GetArrayLength());
        Assert.Equal(["user", "assistant", "user", "assistant", "tool", "assistant"], row.RootElement.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
    }

    [Fact]
    public void Completions_lose_their_eos_token_and_get_it_back()
    {
        const string Rows = """
            {"prompt":"a?<|endoftext|>","completion":"A.<|endoftext|>"}
            {"prompt":"b?","completion":"B.</s>\n"}
            {"prompt":"c?","completion":"C. <|im_end|><|eot_id|>"}
            {"prompt":"d?","completion":"D.[END]"}
            {"prompt":"e?","completion":"Not <s>E</s>"}
            """;
        using var imported = Imported.Of(Rows, with: o => o with { Eos = "[END]" });
        Assert.Equal(5, imported.Result.EosRemoved);
        Assert.Equal(
            [
                """{"prompt":"a?","completion":"A.<|endoftext|>"}""", """{"prompt":"b?","completion":"B.<|endoftext|>"}""", """{"prompt":"c?","completion":"C.<|endoftext|>"}""",
                """{"prompt":"d?","completion":"D.<|endoftext|>"}""", """{"prompt":"e?","completion":"Not <s>E</s><|endoftext|>"}""",
            ],
            imported.Compile(("SplitRatio", "1/0/0")).Rows);
    }

    [Fact]
    public void A_records_id_source_license_and_tags_are_kept()
    {
        using var imported = Imported.Of("""{"id": 7, "source": "https://example.org/: x", "license": "MIT", "tags": ["a", "b"], "prompt": "a?", "completion": "A."}""");
        var front = imported.Compile().Emitted!.Files.SelectMany(f => f.Lines).Single();
        Assert.Equal(("7", "https://example.org/: x", "MIT"), (front.Id, front.Provenance, front.License));
        Assert.Contains("tags:\n  - \"a\"\n  - \"b\"\n", imported.Text("job_imported/skill_set/qa_m_001.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_may_be_mixed_in_one_file_and_json_may_be_spread_over_lines()
    {
        using var mixed = Imported.Of("""
            {"instruction": "a?", "output": "A."}
            {"prompt": "b?", "completion": "B."}
            {"messages": [{"role": "user", "content": "c?"}, {"role": "assistant", "content": "C."}]}
            {"conversations": [{"from": "human", "value": "d?"}, {"from": "gpt", "value": "D."}]}
            {"question": "e?", "answer": "E."}
            """, "mixed.txt");
        Assert.Equal(5, mixed.Result.Taken);
        using var spread = Imported.Of("{\n  \"instruction\": \"a?\",\n  \"output\": \"A } ] \\\" .\"\n}\n{\n  \"prompt\": \"b?\",\n  \"completion\": \"B.\"\n}\n", "one.json");
        Assert.Equal(2, spread.Result.Taken);
    }

    [Fact]
    public void Context_stands_in_every_question_of_a_qna_yaml()
    {
        const string Yaml = """
            created_by: mairin
            version: 3
            domain: Fandom
            seed_examples:
              - context: |
                  The **passage**.

                  Its end.
                questions_and_answers:
                  - question: |
                      What is it?
                    answer: A passage.
                  - question: Anything
                      else?
                    answer: >
                      No,
                      nothing.
              - question: No context?
                answer: None.
              - question: No answer?
                answer:
            document:
              repo: https://example.org/x
              commit: abc
              patterns: [a.md]
            """;
        using var imported = Imported.Of(Yaml, "qna.yaml");
        Assert.Equal((3, 1), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.StartsWith("record 4: not taken: it has no answer.", imported.Report, StringComparison.Ordinal);
        Assert.Equal(
            [
                """{"instruction":"What is it?","input":"The **passage**.\n\nIts end.","output":"A passage."}""",
                """{"instruction":"Anything else?","input":"The **passage**.\n\nIts end.","output":"No, nothing."}""",
                """{"instruction":"No context?","input":"","output":"None."}""",
            ],
            imported.Compile(("DatasetFormat", "alpaca"), ("EosOn", "none"), ("SplitRatio", "1/0/0")).Rows);
        var first = imported.Text("job_imported/skill_Fandom/qa_m_001.md");
        Assert.Contains("  from: \"https://example.org/x@abc a.md\"\n", first, StringComparison.Ordinal);
        Assert.EndsWith("## Proofreading\n\ncreated_by: mairin\n", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("knowledge/science/animals/qna.yaml", "job_science/skill_animals")]
    [InlineData("compositional_skills/synonyms/qna.yaml", "job_imported/skill_synonyms")]
    [InlineData("mine/qna.yaml", "job_imported/skill_mine")]
    [InlineData("mine/other.yml", "job_imported/skill_other")]
    public void The_folders_of_a_taxonomy_name_job_and_skill(string path, string folder)
    {
        using var imported = Imported.Of("version: 2\nseed_examples:\n- question: a?\n  answer: A.\n", path);
        Assert.Equal([folder + "/qa_m_001.md"], imported.Files);
    }

    [Fact]
    public void Options_name_job_skill_and_level()
    {
        using var imported = Imported.Of("""{"prompt": "a?", "completion": "A."}""", with: o => o with { Job = "数据库 TCP/IP", Skill = "../..", Level = Level.High });
        Assert.Equal(["job_数据库 TCP_IP/skill__/qa_h_001.md"], imported.Files);
        Assert.Single(imported.Compile().Rows);
    }
}
