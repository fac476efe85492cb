using System.Globalization;
using System.Text;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Review.Git;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Review.Diff;

/// <summary>Comparisons with a commit of a repository that is made for the test.</summary>
public sealed class DiffTests : IDisposable
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private readonly TemporaryFolder _folder = new("git");
    private readonly GitFolder _git;

    public DiffTests() => _git = new GitFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_did_not_change_is_not_said_to_have()
    {
        Ask(1);
        Ask(2);
        _git.Commit();

        var diff = Diff();

        Assert.Contains("No row and no finding is other than it was.", DiffMarkdown.Write(diff, s_english), StringComparison.Ordinal);
        Assert.Empty(diff.Balance);
    }

    [Fact]
    public void Before_there_was_a_knowledge_base_there_was_nothing()
    {
        _folder.Write("README.md", "text\n");
        _git.Commit();
        Ask(1);

        var diff = Diff();

        Assert.Single(diff.Added);
        Assert.True(diff.Before.Compiles);
    }

    [Fact]
    public void A_file_that_moved_and_was_edited_is_moved_and_changed()
    {
        Ask(1, "The first answer.");
        _git.Commit();
        File.Delete(Path.Combine(_folder.Path, "kb", Qa.PathOf(1)));
        Ask(9, "The ninth answer.", question: "Question 1?");

        var diff = Diff();

        Assert.Equal(("job_dba/skill_sql/qa_l_001", "job_dba/skill_sql/qa_l_009"), Assert.Single(diff.Moved.Select(m => (m.Before.Id, m.Now.Id))));
        Assert.Equal("first", Assert.Single(Assert.Single(diff.Changed).Texts).Places[0].Removed);
        Assert.Empty(diff.Added.Concat(diff.Removed));
    }

    [Fact]
    public void Another_split_and_another_weight_are_said()
    {
        Ask(1, front: "split: train");
        Ask(2, front: "split: train");
        _git.Commit();
        Ask(1, front: "split: test");
        Ask(2, front: "split: train\nweight: 3");

        Assert.Equal(["train -> train*3", "train -> test"], Diff().Resplit.Select(r => $"{r.Before.Place} -> {r.Now.Place}"));
    }

    [Fact]
    public void Options_hold_for_both_sides_and_texts_have_the_names_of_their_roles()
    {
        Ask(1, "Before.");
        Ask(2, "Before.", level: "h");
        _git.Commit();
        Ask(1, "After.");
        Ask(2, "After.", level: "h");

        var diff = Diff(("ExcludeLevel", "h"), ("DatasetFormat", "chat"), ("SystemPrompt", "Be brief."));

        Assert.Equal("assistant", Assert.Single(Assert.Single(diff.Changed).Texts).Name);
        Assert.Equal("Question 1?", diff.Changed[0].Now.Title);
    }

    [Fact]
    public void What_the_project_leaves_out_is_left_out_of_the_commit_too()
    {
        Ask(1);
        Ask(2);
        _git.Commit();
        var files = SourceList.Find(Path.Combine(_folder.Path, "kb"));
        var fewer = new SourceList(files.Root, [.. files.Sources.Take(1).Select(f => f.FullPath)], []);

        Assert.Empty(Diff(fewer).Removed);
        Assert.Single(Diff(fewer).Now.Rows);
    }

    [Fact]
    public void A_finding_that_only_moved_to_another_line_is_none_that_was_introduced()
    {
        Ask(1, "See [the notes](notes.txt).");
        Ask(2, "See [the other notes](other.txt).");
        _git.Commit();
        Ask(1, "Some lines.\n\nSee [the notes](notes.txt).");
        Ask(2, "Nothing to see.");
        Ask(3, "See [new notes](new.txt).");

        var diff = Diff();

        Assert.Equal("job_dba/skill_sql/qa_l_003.md", Assert.Single(diff.Introduced).Path);
        Assert.Equal("job_dba/skill_sql/qa_l_002.md", Assert.Single(diff.Fixed).Path);
    }

    [Fact]
    public void A_relative_link_of_the_commit_leads_where_it_led_then()
    {
        Ask(1, "See [the plan](plan.png).");
        File.WriteAllBytes(Path.Combine(_folder.Path, "kb", "job_dba", "skill_sql", "plan.png"), new byte[10]);
        _git.Commit();
        File.Delete(Path.Combine(_folder.Path, "kb", "job_dba", "skill_sql", "plan.png"));

        Assert.Equal("QA5011", Assert.Single(Diff().Introduced).Code);
    }

    [Fact]
    public void A_comment_has_a_largest_size_and_says_what_it_leaves_out()
    {
        for (var i = 0; i < 400; i++)
        {
            Ask(i, $"Answer {i} <script> `@everyone` | " + new string('文', 300));
        }

        _git.Commit();
        for (var i = 0; i < 400; i++)
        {
            Ask(i, string.Concat(Enumerable.Repeat($"Another {i} </pre><img src=x> ", 30)));
            Ask(1000 + i, new string('`', 200), question: $"Added {i}? " + new string('|', 500));
        }

        var diff = Diff();
        var text = DiffMarkdown.Write(diff, s_english);

        Assert.Equal((400, 400), (diff.Changed.Length, diff.Added.Length));
        Assert.InRange(text.Length, 5_000, DiffMarkdown.Longest);
        Assert.Contains("more; diff.json has all.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.Equal(text.Split("<pre>").Length, text.Split("</pre>").Length);
        Assert.True(DiffJson.Write(diff).AsSpan().IndexOf(Encoding.UTF8.GetBytes("Added 399?")) > 0);
    }

    [Fact]
    public async Task What_programs_read_keeps_to_its_schema()
    {
        Ask(1, "The first answer.");
        Ask(2, "See [it](nowhere.txt).");
        Ask(3, front: "split: train");
        Ask(4);
        _git.Commit();
        Ask(1, "The last answer.");
        Ask(2);
        Ask(3, front: "split: test");
        File.Move(Path.Combine(_folder.Path, "kb", Qa.PathOf(4)), Path.Combine(_folder.Path, "kb", Qa.PathOf(5)));
        Ask(6, "See [it](nowhere.txt).");
        var diff = Diff();
        Assert.True(diff is { Changed.IsEmpty: false, Moved.IsEmpty: false, Resplit.IsEmpty: false, Added.IsEmpty: false, Introduced.IsEmpty: false, Fixed.IsEmpty: false, Balance.IsEmpty: false });

        var schema = await NJsonSchema.JsonSchema.FromFileAsync(Repository.Path("schema", "diff.schema.json"));

        Assert.Empty(schema.Validate(Encoding.UTF8.GetString(DiffJson.Write(diff))));
        Assert.NotEmpty(schema.Validate(Encoding.UTF8.GetString(DiffJson.Write(diff)).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_document_may_have_the_id_of_a_question()
    {
        Ask(1, front: "id: mvcc");
        _folder.Write("kb/docs/mvcc.md", "# MVCC\n\nVersions of rows.\n");
        _git.Commit();
        _folder.Write("kb/docs/mvcc.md", "# MVCC\n\nVersions of all rows.\n");

        Assert.Equal("documents/train", Assert.Single(Diff(("SplitRatio", "1/0/0")).Changed).Now.File);
        Assert.Single(Diff(("SplitRatio", "1/0/0"), ("DocumentFormat", "title")).Changed);
    }

    [Fact]
    public void Names_are_read_as_they_are()
    {
        _folder.Write("kb/job_数据库 管理员/skill_\"SQL\" & 'x'/qa_l_001.md", Qa.Text(job: "数据库 管理员", skill: "\"SQL\" & 'x'"));
        _git.Commit();

        Assert.Equal("job_数据库 管理员/skill_\"SQL\" & 'x'/qa_l_001", Assert.Single(Diff().Before.Rows).Row.Id);
    }

    [Fact]
    public void What_is_no_plain_file_of_the_folder_is_not_written()
    {
        Ask(1);
        _git.Commit();
        var blob = _git.Run("## Job\n", "hash-object", "-w", "--stdin").Trim();
        var link = _git.Run("/etc/passwd", "hash-object", "-w", "--stdin").Trim();
        var above = Tree(("100644", "evil.md", blob));
        var tree = Tree(("40000", "..", above), ("40000", ".git", above), ("100644", "a\\b.md", blob), ("120000", "link.md", link), ("160000", "module.md", _git.Git("rev-parse", "HEAD").Trim()));
        var kb = Tree(("40000", "kb", tree));
        var commit = _git.Git("commit-tree", kb, "-m", "crafted").Trim();
        var repository = GitRepository.Of(Path.Combine(_folder.Path, "kb"));
        var target = Path.Combine(_folder.Path, "out", "files");
        var skipped = new DiagnosticBag();

        repository.Tree(repository.Commit(commit))!.WriteTo(target, skipped);

        Assert.Equal(
            ["'../evil.md' of the commit is not read: its path would not stay in the folder.", "'.git/evil.md' of the commit is not read: its path would not stay in the folder.",
             "'link.md' of the commit is not read: it is a symbolic link.", "'module.md' of the commit is not read: it is a submodule."],
            skipped.Sorted().Select(d => d.Message(s_english)).Order(StringComparer.Ordinal));
        Assert.Equal(["a\\b.md"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "out"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Where(n => n != "files"));
    }

    [Fact]
    public void A_file_of_the_commit_that_is_too_large_is_a_finding_there()
    {
        Ask(1);
        Ask(2, new string('x', 5 << 20));
        _git.Commit();
        Ask(2);

        var diff = Diff();

        Assert.False(diff.Before.Compiles);
        Assert.Equal("QA1015", Assert.Single(diff.Fixed).Code);
    }

    [Fact]
    public void A_shallow_clone_says_that_it_is_one()
    {
        Ask(1);
        _git.Commit();
        _git.Commit();
        _git.Git("clone", "--quiet", "--depth", "1", new Uri(_folder.Path).AbsoluteUri, "shallow");

        var repository = GitRepository.Of(Path.Combine(_folder.Path, "shallow", "kb"));

        Assert.Equal(Rule.HistoryShallow, Assert.Throws<GitFaultException>(() => repository.Commit("HEAD~1")).Diagnostic.Rule);
        Assert.Equal(_git.Git("rev-parse", "HEAD").Trim(), repository.Commit("HEAD").Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--output=x")]
    [InlineData("-h")]
    [InlineData("main\nHEAD")]
    [InlineData("HEAD^{tree}")]
    [InlineData("0000000000000000000000000000000000000000")]
    [InlineData("main..HEAD")]
    public void A_ref_that_names_no_commit_is_refused(string name)
    {
        Ask(1);
        _git.Commit();

        Assert.Equal(Rule.RefUnknown, Assert.Throws<GitFaultException>(() => GitRepository.Of(_folder.Path).Commit(name)).Diagnostic.Rule);
    }

    [Fact]
    public void A_folder_without_a_repository_is_a_finding()
    {
        using var none = new TemporaryFolder();
        Assert.Equal(Rule.GitUnusable, Assert.Throws<GitFaultException>(() => GitRepository.Of(none.Path)).Diagnostic.Rule);
        Assert.Equal(Rule.GitUnusable, Assert.Throws<GitFaultException>(() => GitRepository.Of(Path.Combine(none.Path, "nothing"))).Diagnostic.Rule);
    }

    private void Ask(int number, string? answer = null, string? question = null, string level = "l", string front = "") =>
        _folder.Write("kb/" + Qa.PathOf(number, level), Qa.Text(question ?? $"Question {number}?", answer ?? $"Answer {number}.", level: level, front: front));

    private DatasetDiff Diff(params (string Name, string Value)[] options) => Diff(SourceList.Find(Path.Combine(_folder.Path, "kb")), options);

    private DatasetDiff Diff(SourceList files, params (string Name, string Value)[] options)
    {
        var settings = options.Append(("DuplicateAction", "warn")).Append(("NoWarn", "QA3001;QA3002;QA3003;QA3004;QA3005;QA3008;QA3009;QA4002;QA4003;QA5009;QA5010;QA5012;QA5013;QA5014")).ToDictionary();
        return DiffCompile.Run(new DiffInputs(files, settings, [], null, Path.Combine(_folder.Path, "artifacts", "before")), "HEAD").Compare(null, s_english);
    }

    // As git writes it, but for names that it would not write.
    private string Tree(params (string Mode, string Name, string Hash)[] entries)
    {
        var bytes = entries.SelectMany(e => Encoding.UTF8.GetBytes($"{e.Mode} {e.Name}\0").Concat(Convert.FromHexString(e.Hash))).ToArray();
        File.WriteAllBytes(Path.Combine(_folder.Path, "tree"), bytes);
        return _git.Git("hash-object", "-t", "tree", "-w", "--literally", "tree").Trim();
    }
}
