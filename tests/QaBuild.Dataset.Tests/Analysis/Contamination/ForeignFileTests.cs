using System.Text;
using QaBuild.Dataset.Analysis.Contamination;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Contamination;

public sealed class ForeignFileTests
{
    [Theory]
    [InlineData("""{"question":"Q","choices":["A1","A2"],"answer":"X"}""", "Q", "A1\nA2\nX")]
    [InlineData("""{"question":{"stem":"Q","choices":[{"text":"A1","label":"a label"}]},"answerKey":"A"}""", "Q", "A1")]
    [InlineData("""{"Question":"Q","A":"A1","B":"A2","id":"7"}""", "Q", "A1\nA2")]
    [InlineData("""{"question":"Q","choices":{"text":["A1","A2"],"label":["A","B"]}}""", "Q", "A1\nA2")]
    [InlineData("""{"instruction":"I","input":"J","output":"A"}""", "I\nJ", "A")]
    [InlineData("""{"prompt":"Q<|endoftext|>","completion":"A</s>"}""", "Q", "A")]
    [InlineData("""{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},{"role":"assistant","content":[{"type":"text","text":"A"}]}]}""", "Q", "A")]
    [InlineData("""{"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}],"system":"S"}""", "Q", "A")]
    [InlineData("""{"history":[["Q1","A1"]],"instruction":"Q2","output":"A2"}""", "Q1\nQ2", "A1\nA2")]
    [InlineData("""{"problem":"Q","solution":"A","level":"Level 5"}""", "Q", "A")]
    [InlineData("""{"doc":{"query":"Q"},"target":"A"}""", "Q", "A")]
    [InlineData("""{"text":"Q"}""", "Q", "")]
    [InlineData("\"Q\"", "Q", "")]
    public void Question_and_answer_are_found_by_the_names_that_test_sets_use(string record, string question, string answer) =>
        Assert.Equal([("1", question, answer)], Read("t.jsonl", record).Items);

    [Theory]
    [InlineData("t.jsonl", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\r\n", "1 a|3 b")]
    [InlineData("t.json", "[\n  {\"text\": \"a\"},\n  {\n    \"text\": \"b\"\n  }\n]\n", "2 a|3 b")]
    [InlineData("t.json", "{\n  \"text\": \"a\"\n}\n{\n  \"text\": \"b\"\n}\n", "1 a|4 b")]
    [InlineData("t.txt", "a\nb\n", "1 a|2 b")]
    [InlineData("t.txt", "\n\na\nb\n\n\nc\n", "3 a+b|7 c")]
    [InlineData("t.txt", "{\"text\":\"a\"}", "1 {\"text\":\"a\"}")]
    [InlineData("t", "{\"text\":\"a\"}", "1 a")]
    [InlineData("t", "a", "1 a")]
    public void Items_are_records_or_lines_or_paragraphs_each_with_its_line(string name, string text, string items) =>
        Assert.Equal(items.Split('|'), Read(name, text).Items.Select(i => $"{i.Line} {i.Question}".Replace('\n', '+')));

    [Theory]
    [InlineData("t.jsonl", "{\"text\":\"a\"}\n{\"text\":\n{\"text\":\"c\"}", "QA4006(2) it is not valid JSON")]
    [InlineData("t.jsonl", "{\"text\":\"a\"}\n{\"ground\":\"b\"}\n{\"text\":\"c\"}", "QA4006(2) its shape is not known; it has the keys: ground.")]
    [InlineData("t.jsonl", "{\"text\":\"a\"}\n7\n{\"text\":\"c\"}", "QA4006(2) a mapping")]
    [InlineData("t.jsonl", "{\"text\":\"a\"}\n{\"text\":\"\\ud800\"}\n{\"text\":\"c\"}", "QA4006(2) it holds half of a surrogate pair")]
    [InlineData("t.json", "[{\"text\":\"a\"},\n{\"text\":\"c\"}", "QA4006(2) the file ends before its list does")]
    public void What_cannot_be_read_is_a_warning_at_its_line_and_the_rest_is_read(string name, string text, string finding)
    {
        var (items, report) = Read(name, text);

        Assert.Equal(["a", "c"], items.Select(i => i.Question));
        Assert.StartsWith(finding, Assert.Single(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_a_warning() =>
        Assert.StartsWith("QA4006(1) it is not valid JSON, or nested more than 64 deep", Assert.Single(Read("t.jsonl", new string('[', 100_000) + "\n").Report.Take(1)), StringComparison.Ordinal);

    [Fact]
    public void A_file_of_nothing_but_faults_is_ten_warnings_and_their_number()
    {
        var report = Read("t.jsonl", string.Concat(Enumerable.Repeat("nothing\n", 1000))).Report;

        Assert.Equal(11, report.Length);
        Assert.StartsWith("QA4006(0) 990 more records", report[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.jsonl", "")]
    [InlineData("t.txt", " \n \n")]
    public void An_empty_file_is_a_warning(string name, string text) => Assert.StartsWith("QA4006(0) it holds no item.", Assert.Single(Read(name, text).Report), StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_not_utf8_is_a_warning()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "t.txt");
        File.WriteAllBytes(path, [0xff, 0xfe, 0x41]);
        Assert.StartsWith("QA4006(1) it is not valid UTF-8.", Assert.Single(Read(path).Report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error() =>
        Assert.StartsWith("QA1016(0) ", Assert.Single(Read(Path.Combine(Path.GetTempPath(), "no such folder", "t.jsonl")).Report), StringComparison.Ordinal);

    private static ((string Line, string Question, string Answer)[] Items, string[] Report) Read(string name, string text)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return Read(path);
    }

    private static ((string Line, string Question, string Answer)[] Items, string[] Report) Read(string path)
    {
        var bag = new DiagnosticBag();
        var items = ForeignFile.Read(path, bag, CancellationToken.None);
        return (
            [.. items.Select(i => ($"{i.Line}", i.Question, i.Answer))],
            [.. bag.Sorted().Select(d => $"{d.Code}({d.Location.Line}) {(d.Arguments[0] is Phrase p ? Catalogue.Default.Format(p, System.Globalization.CultureInfo.InvariantCulture) : d.Arguments[0])}")]);
    }
}
