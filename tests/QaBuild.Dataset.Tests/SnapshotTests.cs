using QaBuild.Tests;
using Xunit.Sdk;

namespace QaBuild.Dataset.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public void A_difference_is_written_beside_the_accepted_text_and_shown()
    {
        using var folder = new TemporaryFolder();
        var verified = folder.Write("A.B.verified.txt", "one\ntwo\nthree\n");

        var failure = Assert.Throws<FailException>(() => Snapshot.MatchFile("one\n2\nthree\n", verified));

        Assert.Equal("one\n2\nthree\n", File.ReadAllText(Path.Combine(folder.Path, "A.B.received.txt")));
        Assert.Contains("A.B.received.txt", failure.Message, StringComparison.Ordinal);
        Assert.Contains("- two\n+ 2\n", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_was_never_accepted_fails_and_renaming_accepts_it()
    {
        using var folder = new TemporaryFolder();
        var verified = Path.Combine(folder.Path, "A.B.verified.md");
        Assert.Throws<FailException>(() => Snapshot.MatchFile("new", verified));

        File.Move(Path.Combine(folder.Path, "A.B.received.md"), verified);

        Snapshot.MatchFile("new", verified);
    }

    [Fact]
    public void An_equal_text_takes_away_what_an_earlier_run_received()
    {
        using var folder = new TemporaryFolder();
        var verified = folder.Write("A.B.verified.txt", "one\n");
        var received = folder.Write("A.B.received.txt", "two\n");

        Snapshot.MatchFile("one\n", verified);

        Assert.False(File.Exists(received));
    }

    [Fact]
    public void Paths_times_and_line_ends_of_this_machine_do_not_matter()
    {
        using var folder = new TemporaryFolder();
        var verified = folder.Write("A.B.verified.txt", "{repository}/kb {folder}/x {time}\n");

        Snapshot.MatchFile($"{Repository.Path("kb")} {folder.Path}/x 2026-10-30T12:34:56.7Z\r\n", verified);
    }

    [Fact]
    public void Jsonl_is_compared_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        var verified = folder.Write("A.B.verified.jsonl", "{}\n");

        Snapshot.MatchFile("{}\n", verified);

        var failure = Assert.Throws<FailException>(() => Snapshot.MatchFile("{}\r\n", verified));
        Assert.Contains("Only line ends", failure.Message, StringComparison.Ordinal);
    }
}
