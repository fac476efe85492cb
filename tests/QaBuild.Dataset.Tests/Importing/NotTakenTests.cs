using System.Globalization;
using System.Text;
using QaBuild.Dataset.Importing;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Importing;

public sealed class NotTakenTests
{
    private const string Good = """{"prompt": "a?", "completion": "A."}""";

    [Theory]
    [InlineData("""{"instruction": "a?", "input": "", "output": " \n"}""", "it has no answer.")]
    [InlineData("""{"instruction": "a?"}""", "it has no answer.")]
    [InlineData("""{"instruction": "", "output": "A."}""", "it has no question.")]
    [InlineData("""{"conversations": [{"from": "human", "value": "a?"}]}""", "it has no answer.")]
    [InlineData("""{"conversations": [{"from": "human", "value": "a?"}], "chosen": "A.", "rejected": "B."}""", "it is a preference pair")]
    [InlineData("""{"prompt": "a?", "completion": "A.", "label": false}""", "its label is false")]
    [InlineData("""{"text": "Once."}""", "it is plain text without a question.")]
    [InlineData("""{"prompt": "a?", "completion": """, "it is not valid JSON")]
    [InlineData("""{"prompt": "a?", "completion": "A.",}""", "it is not valid JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested more than 64 deep")]
    [InlineData("""{"a": 1, "b": 2}""", "its shape is not known; it has the keys: a, b.")]
    [InlineData("\"text\"", "a mapping of keys to values is expected.")]
    [InlineData("""{"prompt": "a\u0000?", "completion": "A."}""", "it holds a NUL character")]
    [InlineData("""{"prompt": "a\ud83d?", "completion": "A."}""", "it holds half of a surrogate pair")]
    [InlineData("""{"prompt": ["a?"], "completion": "A."}""", "'prompt' is not text.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "A."}]}""", "message 1 of the role 'assistant' is out of order")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "user", "content": "b?"}, {"role": "assistant", "content": "A."}]}""", "message 2 of the role 'user' is out of order")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "system", "content": "b"}, {"role": "assistant", "content": "A."}]}""", "message 2 of the role 'system' is out of order")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "tool", "content": "b"}, {"role": "assistant", "content": "A."}]}""", "message 2 of the role 'tool' is out of order")]
    [InlineData("""{"messages": [{"role": "oracle", "content": "a?"}]}""", "message 1 has the role 'oracle', which is not known.")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}""", "a part of the type 'image_url'")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "content": "A."}], "images": ["x.png"]}""", "it has 'images'")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "content": "Let me see.", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]}""", "message 2 has text beside a function call")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]}]}""", "the text of 'arguments' is not valid JSON.")]
    [InlineData("""{"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1e300}}}]}, {"role": "assistant", "content": "A."}]}""", "the number 1e300 cannot be held exactly.")]
    [InlineData("""{"prompt": "a?", "completion": "A <|endoftext|> B."}""", "the compiler would refuse it: The text holds '<|endoftext|>'")]
    [InlineData("""{"history": [["a?"]], "instruction": "b?", "output": "B."}""", "'history' is not a list of pairs")]
    public void What_cannot_be_taken_is_told_with_its_line_and_the_rest_is_imported(string line, string reason)
    {
        using var imported = Imported.Of(Good + "\n\n" + line + "\n" + Good + "\n");
        Assert.Equal((2, 1), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.StartsWith("line 3: not taken: ", imported.Report, StringComparison.Ordinal);
        Assert.Contains(reason, imported.Report, StringComparison.Ordinal);
        Assert.Equal(2, imported.Compile(("SplitRatio", "1/0/0")).Rows.Length);
        Assert.StartsWith("第 3 行：未导入：", imported.Result.Lines(CultureInfo.GetCultureInfo("zh-CN")).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_malformed_item_of_a_list_does_not_cost_those_after_it()
    {
        using var imported = Imported.Of($$"""[{{Good}}, {"prompt": tru}, {{Good}}, "x]", {{Good}}""", "set.json");
        Assert.Equal((3, 3), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.Contains("record 2: not taken: it is not valid JSON", imported.Report, StringComparison.Ordinal);
        Assert.Contains("record 4: not taken: a mapping of keys to values is expected.", imported.Report, StringComparison.Ordinal);
        Assert.Contains("record 6: not taken: the file ends before its list does", imported.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_not_utf8_is_told()
    {
        using var imported = new Imported().AndBytes([.. Encoding.UTF8.GetBytes("\uFEFF" + Good + "\n{\"prompt\": \""), 0xC4, 0xE3, .. Encoding.UTF8.GetBytes("\", \"completion\": \"x\"}\n" + Good)], "set.jsonl");
        Assert.Equal((2, 1), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.Contains("line 2: not taken: it is not valid UTF-8.", imported.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_beyond_the_schemas_limits_is_told_and_nothing_of_its_conversation_written()
    {
        var row = $$"""{"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "content": "A."}, {"role": "user", "content": "{{new string('x', 100_001)}}"}, {"role": "assistant", "content": "A."}]}""";
        using var imported = Imported.Of(row + "\n" + Good);
        Assert.Contains("line 1: not taken: the compiler would refuse it: '问题' does not fit the schema: it has more than 100000 characters", imported.Report, StringComparison.Ordinal);
        Assert.Equal(["job_imported/skill_set/qa_m_001.md"], imported.Files);
    }

    [Fact]
    public void A_question_without_an_answer_at_the_end_of_a_conversation_is_left_out_and_told()
    {
        using var imported = Imported.Of("""{"conversations": [{"from": "human", "value": "a?"}, {"from": "gpt", "value": "A."}, {"from": "human", "value": "b?"}]}""");
        Assert.Equal((1, 0), (imported.Result.Taken, imported.Result.NotTaken));
        Assert.StartsWith("line 1: taken, but the question at its end has no answer and was left out.", imported.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes.txt", "Plain words.")]
    [InlineData("empty.jsonl", "")]
    [InlineData("empty.json", "[]")]
    [InlineData("other.yaml", "a: 1")]
    [InlineData("alias.yaml", "a: &x 1\nseed_examples: [*x]")]
    [InlineData("bad.yaml", "seed_examples: [\"\\ud8\"]")]
    [InlineData("texts.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}")]
    public void A_file_of_which_nothing_can_be_taken_says_so_and_writes_nothing(string name, string text)
    {
        using var imported = Imported.Of(text, name);
        Assert.Equal(0, imported.Result.Taken);
        Assert.Contains("Nothing was imported: ", imported.Report, StringComparison.Ordinal);
        Assert.False(Directory.Exists(imported.Root));
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_is_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("ImportNoFile", Importer.Run(new ImportOptions(Path.Combine(folder.Path, "none"), folder.Path)).Failure!.Name);
        Assert.Equal("ImportIsFolder", Importer.Run(new ImportOptions(folder.Path, folder.Path)).Failure!.Name);
    }

    [Fact]
    public void More_findings_than_a_screen_holds_go_to_a_file()
    {
        using var imported = Imported.Of(string.Concat(Enumerable.Repeat("{\"text\": \"a\"}\n", 60)) + Good);
        Assert.Equal(ImportReport.Shown, imported.Result.Findings.Count);
        var report = Path.Combine(imported.Root, "import-report.jsonl");
        Assert.Contains("… and 10 more; all of them are in " + report, imported.Report, StringComparison.Ordinal);
        var lines = File.ReadAllLines(report);
        Assert.Equal(60, lines.Length);
        Assert.StartsWith("""{"line":51,"taken":false,"en":"it is plain text without a question.""", lines[50], StringComparison.Ordinal);
        Assert.Contains("纯文本", lines[50], StringComparison.Ordinal);
    }
}
