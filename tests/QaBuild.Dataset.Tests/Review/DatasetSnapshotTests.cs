using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Review;

public sealed class DatasetSnapshotTests
{
    [Fact]
    public void A_snapshot_groups_rows_by_the_folder_of_their_ids_and_counts_their_weight()
    {
        using var folder = new TemporaryFolder();
        folder.Write("kb/job_dba/skill_a b/qa_l_001.md", Qa.Text("Where is the WAL kept?", "In pg_wal.", skill: "a b", front: "split: train\nweight: 3\nparaphrases:\n- Which folder has the write-ahead log?"));
        folder.Write("kb/job_dba/skill_a b/qa_l_002.md", Qa.Text("VACUUM 做什么？", "回收死元组占用的空间。", skill: "a b", front: "split: valid"));
        folder.Write("kb/job_dba/skill_a b/qa_l_003.md", Qa.Text("What does MVCC keep?", "Versions of rows.", skill: "a b", front: "split: test\nid: mvcc"));
        var dataset = Path.Combine(folder.Path, "dataset");
        new Compilation(SourceList.Find(Path.Combine(folder.Path, "kb")), new Dictionary<string, string>()).Run()!.WriteTo(dataset);

        Snapshot.Match(DatasetSnapshot.Of(dataset).ToText());
    }

    [Fact]
    public void What_was_written_reads_back_to_the_same_snapshot()
    {
        var snapshot = new DatasetSnapshot(
            "chat <eos> completion",
            [new SnapshotFile("train.jsonl", 2, "0123456789abcdef"), new SnapshotFile("documents/a b.jsonl", 1, "fedcba9876543210")],
            [new SnapshotRow("plain", "train", 1, 7, "aaaaaaaaaaaa"), new SnapshotRow("job_a/skill_b c/qa_l_001", "train", 4, 12, "bbbbbbbbbbbb"), new SnapshotRow("job_a/skill_b c/qa l#2", "documents/x", 1, 12, "cccccccccccc")]);

        var again = DatasetSnapshot.Parse(snapshot.ToText());

        Assert.Equal(snapshot.Format, again.Format);
        Assert.Equal(snapshot.Files, again.Files);
        Assert.Equal(snapshot.Rows, again.Rows);
    }

    [Fact]
    public void Another_order_of_the_same_rows_is_named()
    {
        DatasetSnapshot With(string hash) => new("text e none", [new SnapshotFile("train.jsonl", 2, hash)], [new SnapshotRow("a", "train", 1, 5, "aaaaaaaaaaaa"), new SnapshotRow("b", "train", 1, 5, "bbbbbbbbbbbb")]);

        var lines = SnapshotDifference.Between(With("0000000000000000"), With("1111111111111111")).Lines(System.Globalization.CultureInfo.GetCultureInfo("en"));

        Assert.Equal(["! other order of the same rows: train.jsonl"], lines);
    }

    [Theory]
    [InlineData("<<<<<<< HEAD")]
    [InlineData("||||||| base")]
    [InlineData("=======")]
    [InlineData(">>>>>>> theirs")]
    public void The_markers_of_a_merge_conflict_are_seen_wherever_they_stand(string marker)
    {
        var text = new DatasetSnapshot("text e none", [], [new SnapshotRow("a", "train", 1, 5, "aaaaaaaaaaaa")]).ToText() + marker + "\n";

        var fault = Assert.Throws<SnapshotUnreadableException>(() => DatasetSnapshot.Parse(text));
        Assert.Equal((6, "SnapshotConflict"), (fault.Line, fault.Reason.Name));
    }

    [Fact]
    public void A_row_may_be_changed_and_moved_at_once()
    {
        DatasetSnapshot With(params SnapshotRow[] rows) => new("text e none", [], rows);
        var before = new SnapshotRow("a", "test", 1, 5, "aaaaaaaaaaaa");
        var now = new SnapshotRow("a", "train", 1, 6, "bbbbbbbbbbbb");

        var difference = SnapshotDifference.Between(With(before), With(now));

        Assert.Equal((before, now), Assert.Single(difference.Changed));
        Assert.Equal((before, now), Assert.Single(difference.Moved));
        Assert.Empty(difference.Added.Concat(difference.Removed));
    }
}
