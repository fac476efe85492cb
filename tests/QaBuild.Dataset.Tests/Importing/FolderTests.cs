using System.Globalization;
using QaBuild.Dataset.Importing;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Importing;

public sealed class FolderTests
{
    private const string Row = """{"prompt": "a?", "completion": "A."}""";

    [Fact]
    public void Numbers_go_on_after_the_highest_and_nothing_is_overwritten()
    {
        using var imported = Imported.Of(Row);
        var path = Path.Combine(imported.Root, "job_imported", "skill_set", "qa_h_007.md");
        File.WriteAllText(path, "mine");
        imported.And(Row);
        Assert.Equal(["job_imported/skill_set/qa_h_007.md", "job_imported/skill_set/qa_m_001.md", "job_imported/skill_set/qa_m_008.md"], imported.Files);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void The_first_record_of_an_id_keeps_it()
    {
        const string Rows = """
            {"id": "x", "prompt": "a?", "completion": ""}
            {"id": "x", "prompt": "a?", "completion": "A."}
            {"id": "x", "prompt": "b?", "completion": "B."}
            {"id": "job_imported/skill_set/qa_m_003", "prompt": "c?", "completion": "C."}
            """;
        using var imported = Imported.Of(Rows);
        Assert.Equal("line 3: taken, but its id 'x' is that of an earlier record or file, so it has none.", imported.Report.Split('\n')[1]);
        imported.And(Rows, "again.jsonl");
        Assert.Equal(4, imported.Result.FindingCount);
        var compiled = imported.Compile(("SplitRatio", "1/0/0"));
        Assert.Equal(6, compiled.Rows.Length);
        Assert.DoesNotContain("QA1023", compiled.Codes);
    }

    [Fact]
    public void A_number_whose_path_is_the_id_of_another_file_is_passed_over()
    {
        using var imported = Imported.Of("""{"id": "job_imported/skill_set/qa_m_002", "prompt": "c?", "completion": "C."}""" + "\n" + Row);
        Assert.Equal(["job_imported/skill_set/qa_m_001.md", "job_imported/skill_set/qa_m_003.md"], imported.Files);
        Assert.DoesNotContain("QA1023", imported.Compile().Codes);
    }

    [Theory]
    [InlineData("a/b", "a/b", "a_b")]
    [InlineData("..", "set", "set")]
    [InlineData(".hidden. ", "hidden", "hidden")]
    [InlineData("a\0b\u0007c", "abc", "abc")]
    [InlineData("C:\\x", "C:\\x", "C__x")]
    [InlineData("什么? *", "什么_ _", "什么_ _")]
    [InlineData("## Question", "## Question", "## Question")]
    [InlineData("Größe & naïve 日本語 عربي", "Größe & naïve 日本語 عربي", "Größe & naïve 日本語 عربي")]
    public void A_folders_name_is_safe_and_agrees_with_its_section(string name, string text, string folder)
    {
        using var imported = Imported.Of(Row, with: o => o with { Skill = name });
        Assert.Equal([$"job_imported/skill_{folder}/qa_m_001.md"], imported.Files);
        var unit = Assert.Single(imported.Compile().Emitted!.Files.SelectMany(f => f.Lines));
        Assert.Equal($"job_imported/skill_{folder}/qa_m_001.md", unit.Source);
        Assert.Contains(text, imported.Text(unit.Source), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_is_cut_to_what_a_folder_may_have()
    {
        using var imported = Imported.Of(Row, with: o => o with { Job = new string('长', 300), Skill = string.Concat(Enumerable.Repeat("🙂", 300)) });
        Assert.Equal(1, imported.Result.Taken);
        Assert.Single(imported.Compile().Rows);
    }

    [Fact]
    public void A_cancelled_import_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var file = folder.Write("set.jsonl", string.Concat(Enumerable.Repeat(Row + "\n", 1000)));
        Assert.ThrowsAny<OperationCanceledException>(() => Importer.Run(new ImportOptions(file, Path.Combine(folder.Path, "kb")), _ => cancellation.Cancel(), cancellation.Token));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.Path, "kb"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_told()
    {
        using var folder = new TemporaryFolder();
        var result = Importer.Run(new ImportOptions(folder.Write("set.jsonl", Row), folder.Write("kb", "a file")));
        Assert.Equal("ImportUnwritable", result.Failure!.Name);
        Assert.StartsWith("Nothing was imported: ", Assert.Single(result.Lines(CultureInfo.GetCultureInfo("en"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conversation_is_a_chain_of_files()
    {
        using var imported = Imported.Of("""{"id": "talk", "conversations": [{"from": "human", "value": "a?"}, {"from": "gpt", "value": "A."}, {"from": "human", "value": "b?"}, {"from": "gpt", "value": "B."}]}""");
        Assert.Contains("## Related questions\n\n- [qa_m_001.md](qa_m_001.md)\n\n", imported.Text("job_imported/skill_set/qa_m_002.md"), StringComparison.Ordinal);
        Assert.StartsWith("---\nid: \"talk\"\n---\n", imported.Text("job_imported/skill_set/qa_m_001.md"), StringComparison.Ordinal);
        Assert.DoesNotContain("talk", imported.Text("job_imported/skill_set/qa_m_002.md"), StringComparison.Ordinal);
    }
}
