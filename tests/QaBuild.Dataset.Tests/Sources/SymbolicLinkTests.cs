using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

public sealed class SymbolicLinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _outside = new();

    private string Kb => Path.Combine(_folder.Path, "kb");

    private string Source => Path.Combine(Kb, Qa.Path);

    public void Dispose()
    {
        _folder.Dispose();
        _outside.Dispose();
    }

    [Fact]
    public void A_file_that_leads_out_of_the_knowledge_base_is_not_read()
    {
        var secret = _outside.Write("secret.md", Qa.Text(answer: "secret"));
        Link(Source, secret);
        var compiled = Compiled.At(Kb);
        Assert.Equal(["QA1017(1,1)"], compiled.Found);
        Assert.Contains(secret, compiled.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_leads_out_of_the_knowledge_base_is_not_read()
    {
        _outside.Write("qa_l_001.md", Qa.Text());
        LinkFolder(Path.GetDirectoryName(Source)!, _outside.Path);
        Assert.Equal(["QA1017(1,1)"], Compiled.With(Kb, [Source]).Found);
        Assert.Equal(["QA1026"], Compiled.At(Kb).Codes);
    }

    [Fact]
    public void A_folder_beside_the_knowledge_base_whose_name_begins_alike_is_outside()
    {
        var beside = _folder.Write("kb2/x.md", Qa.Text());
        Link(Source, beside);
        Assert.Equal(["QA1017(1,1)"], Compiled.At(Kb).Found);
    }

    [Fact]
    public void A_chain_of_links_counts_where_it_ends()
    {
        var hop = Path.Combine(Kb, "hop");
        Link(hop, _outside.Write("secret.md", Qa.Text()));
        Link(Source, hop);
        Assert.Equal(["QA1017(1,1)"], Compiled.At(Kb).Found);
    }

    [Fact]
    public void Links_within_the_knowledge_base_are_followed()
    {
        var real = _folder.Write("kb/texts/mvcc.txt", Qa.Text());
        Link(Source, real);
        Assert.Empty(Compiled.At(Kb).Found);
    }

    [Fact]
    public void The_knowledge_base_itself_may_be_a_link()
    {
        _outside.Write(Qa.Path, Qa.Text());
        LinkFolder(Kb, _outside.Path);
        Assert.Empty(Compiled.At(Kb).Found);
    }

    [Fact]
    public void A_dangling_link_is_reported()
    {
        Link(Source, Path.Combine(Kb, "gone.md"));
        Assert.Equal(["QA1016(1,1)"], Compiled.At(Kb).Found);
    }

    [Fact]
    public void A_dangling_link_to_the_outside_is_not_opened()
    {
        Link(Source, Path.Combine(_outside.Path, "gone.md"));
        Assert.Single(Compiled.At(Kb).Found);
    }

    [Fact]
    public void A_circle_of_links_is_reported()
    {
        var other = Path.Combine(Kb, "other");
        Link(other, Source);
        Link(Source, other);
        Assert.Equal(["QA1016(1,1)"], Compiled.At(Kb).Found);
    }

    private static void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    private static void LinkFolder(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateSymbolicLink(path, target);
    }
}
