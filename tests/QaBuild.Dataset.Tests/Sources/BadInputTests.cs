using System.Text;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\r\n")]
    [InlineData("\uFEFF")]
    public void An_empty_file_is_reported(string text) => Assert.Contains("QA1018(1,1)", Compiled.Of(Encoding.UTF8.GetBytes(text)).Found);

    [Fact]
    public void A_named_pipe_is_found_empty_and_nobody_waits_for_a_writer()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, Qa.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [path]))
        {
            made.WaitForExit();
        }

        Assert.Equal(["QA1018(1,1)"], Compiled.At(folder.Path).Found);
    }

    [Fact]
    public void A_byte_order_mark_is_left_out_with_a_warning()
    {
        var compiled = Compiled.Of([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Qa.Text(front: "id: x"))]);
        Assert.Equal(["QA1013(1,1)"], compiled.Found);
        Assert.Equal("x", compiled.Unit.Id);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Carriage_returns_are_line_ends(string end)
    {
        var text = Qa.Text(answer: "a  \n\n```\nb\n```", front: "system: |\n  x\n  y");
        var compiled = Compiled.Of(text.Replace("\n", end, StringComparison.Ordinal));
        Assert.Equal(["QA1014(1,4)"], compiled.Found);
        Assert.Equal(Compiled.Of(text).Rows, compiled.Rows);
    }

    [Theory]
    [InlineData("第é😀", new byte[] { 0xFF }, 5, "FF")]
    [InlineData("", new byte[] { 0xC0, 0xAF }, 1, "C0")]
    [InlineData("a", new byte[] { 0xED, 0xA0, 0x80 }, 2, "ED")]
    [InlineData("ab", new byte[] { 0xE4, 0xB8 }, 3, "E4")]
    public void An_invalid_byte_is_named_with_its_line_and_column(string before, byte[] bytes, int column, string shown)
    {
        var compiled = Compiled.Of([.. Encoding.UTF8.GetBytes("第一行\n\n" + before), .. bytes, (byte)'\n']);
        Assert.Equal([$"QA1011(3,{column})"], compiled.Found);
        Assert.Contains($"0x{shown}", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_nul_is_reported_at_its_place() => Assert.Equal(["QA1012(23,2)"], Compiled.Of(Qa.Text(answer: "a\0b")).Found);

    [Theory]
    [InlineData('\u0001', "U+0001")]
    [InlineData('\u001B', "U+001B")]
    [InlineData('\u007F', "U+007F")]
    [InlineData('\f', "U+000C")]
    public void A_control_character_is_a_warning_at_its_place(char control, string shown)
    {
        var compiled = Compiled.Of(Qa.Text(answer: $"abc{control}"));
        Assert.Equal(["QA5003(23,4)"], compiled.Found);
        Assert.Contains(shown, compiled.Report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Why\uFFFE?")]
    [InlineData("Why\uFFFF?")]
    [InlineData("## \uFFFE")]
    [InlineData("\uFDD0\U0001FFFE")]
    public void Code_points_that_are_no_characters_are_text(string question) =>
        Assert.Equal(question, Compiled.Of(Qa.Text(question: question, front: "paraphrases: [\"\\uFFFE\"]")).Unit.Question.Text);

    [Fact]
    public void A_file_over_4_MiB_is_not_read()
    {
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder.Write(Qa.Path, "")))
        {
            stream.SetLength((4 << 20) + 1);
        }

        Assert.Equal(["QA1015(1,1)"], Compiled.At(folder.Path).Found);
    }

    [Fact]
    public void A_file_of_4_MiB_is_read() =>
        Assert.Contains("QA1012(1,1)", Compiled.Of(new byte[4 << 20]).Found);

    [Fact]
    public void A_file_that_vanished_is_reported_and_the_others_compile()
    {
        using var folder = new TemporaryFolder();
        var there = folder.Write(Qa.Path, Qa.Text());
        var compiled = Compiled.With(folder.Path, [there, Path.Combine(folder.Path, Qa.PathOf(2)), Path.Combine(folder.Path, "job_gone/skill_x/qa_l_001.md")]);
        Assert.Equal(["QA1016(1,1)", "QA1016(1,1)"], compiled.Found);
        Assert.Single(compiled.Units);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_reported()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, Qa.Path);
        Directory.CreateDirectory(path);
        Assert.Equal(["QA1016(1,1)"], Compiled.With(folder.Path, [path]).Found);
    }

    [Theory]
    [InlineData(">")]
    [InlineData("> ")]
    [InlineData("[")]
    [InlineData("(")]
    [InlineData("{")]
    public void Very_deep_nesting_is_a_warning(string mark)
    {
        var compiled = Compiled.Of(Qa.Text(answer: "x\n" + string.Concat(Enumerable.Repeat(mark, 100_000)) + "y"));
        Assert.Equal(["QA5002(24,1)"], compiled.Found);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[](")]
    [InlineData("[](a '")]
    [InlineData("<")]
    [InlineData("%25")]
    [InlineData(",")]
    public void A_hostile_list_of_related_questions_ends_soon(string mark) =>
        Assert.DoesNotContain("QA0000", Compiled.Of(Qa.Text(related: string.Concat(Enumerable.Repeat(mark, 100_000)))).Codes);

    [Fact]
    public void The_same_id_twice_is_reported_with_the_other_file()
    {
        var compiled = Compiled.Of(new Dictionary<string, string>
        {
            [Qa.PathOf(1)] = Qa.Text(front: "tags: [a]\nid: same"), [Qa.PathOf(2)] = Qa.Text(front: "id: same"), [Qa.PathOf(3)] = Qa.Text(),
        }, ("SplitRatio", "1/0/0"));
        Assert.Equal(["QA1023(2,1)"], compiled.Found);
        Assert.Equal("job_dba/skill_sql/qa_l_002.md(2,1): error QA1023: The id 'same' is already that of job_dba/skill_sql/qa_l_001.md. Ids name rows in the manifest and in links, so each must be unique: change one.", compiled.Report);
    }

    [Fact]
    public void An_id_that_is_the_path_of_another_file_is_reported_where_it_was_given()
    {
        var compiled = Compiled.Of(new Dictionary<string, string> { [Qa.PathOf(1)] = Qa.Text(front: "id: job_dba/skill_sql/qa_l_002"), [Qa.PathOf(2)] = Qa.Text() }, ("SplitRatio", "1/0/0"));
        Assert.StartsWith("job_dba/skill_sql/qa_l_001.md(2,1): error QA1023", compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_listed_twice_compiles_once()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Qa.Path, Qa.Text(front: "suppress: [{code: QA5001, reason: r}]", answer: "```"));
        var compiled = Compiled.With(folder.Path, [path, path, Path.Combine(folder.Path, "job_dba", "..", Qa.Path)]);
        Assert.Empty(compiled.Found);
        Assert.Single(compiled.Rows);
    }

    [Fact]
    public void No_source_at_all_is_reported() => Assert.Equal(["QA1026"], Compiled.Of(new Dictionary<string, string> { ["docs/a.md"] = "x" }).Codes);

    [Fact]
    public void All_faults_are_reported_at_once_sorted_and_the_same_whatever_the_order_or_threads()
    {
        using var folder = new TemporaryFolder();
        folder.Write(Qa.PathOf(1), "");
        folder.Write(Qa.PathOf(2), Qa.Text(related: "nowhere\n- nothing", answer: "x <|im_end|> y <|im_start|>"));
        folder.Write(Qa.PathOf(3), Qa.Text(level: "x", front: "weight: x"));
        folder.Write(Qa.PathOf(4), Qa.Text(front: "split: train\nweight: no\nfoo: 1"));
        folder.Write(Qa.PathOf(5), Qa.Text(question: "A?", related: "qa_l_005", front: "split: test"));
        folder.Write(Qa.PathOf(6), Qa.Text(question: "A?", front: "split: train"));
        folder.Write("job_dba/skill_sql/qa_q_1.md", "no section");
        var files = Directory.GetFiles(folder.Path, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        (string, string)[] options = [("SplitRatio", "bad"), ("Oops", "1")];
        var expected = Compiled.With(folder.Path, files, options: options, threads: 1);
        Assert.Equal(
            "QA1027 QA1027 QA4002 QA1018 QA2001 QA2001 QA5004 QA5004 QA1007 QA1009 QA1007 QA1022 QA2002 QA4004".Split(' '),
            expected.Codes.Where(c => c is not ("QA4003" or "QA1004" or "QA1002" or "QA1003")));
        Assert.Null(expected.Emitted);
        Assert.Equal(
            expected.Diagnostics.OrderBy(d => d.Location.Path, StringComparer.Ordinal).ThenBy(d => d.Location.Line).ThenBy(d => d.Location.Column).Select(d => d.Location),
            expected.Diagnostics.Select(d => d.Location));
        files.Reverse();
        Assert.Equal(expected.Report, Compiled.With(folder.Path, files, options: options, threads: 8).Report);
        Assert.Equal(expected.Report, Compiled.With(folder.Path, [.. files.Skip(3), .. files.Take(3)], options: options, threads: 3).Report);
    }

    [Fact]
    public void A_cancelled_compile_stops()
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        source.Cancel();
        var compilation = new Compilation(new SourceList(folder.Path, [folder.Write(Qa.Path, Qa.Text())], []), new Dictionary<string, string>(), cancellation: source.Token);
        Assert.ThrowsAny<OperationCanceledException>(compilation.Run);
    }
}
