using System.Text;
using QaBuild.Dataset.Emission;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Emission;

public sealed class OutputFilesTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly string[] Names = ["train.jsonl", "valid.jsonl", "test.jsonl", "manifest.json"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_whose_bytes_would_not_change_are_not_touched()
    {
        Write(Qa.Files(9));
        Array.ForEach(Names, n => File.SetLastWriteTimeUtc(At(n), LongAgo));
        Write(Qa.Files(9));
        Assert.All(Names, n => Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(At(n))));
    }

    [Fact]
    public void Only_files_that_changed_are_written()
    {
        var files = ((string[])["train", "valid", "test"]).Index().ToDictionary(s => Qa.PathOf(s.Index), s => Qa.Text(question: s.Item, front: $"split: {s.Item}"));
        Write(files);
        Array.ForEach(Names, n => File.SetLastWriteTimeUtc(At(n), LongAgo));
        files[Qa.PathOf(1)] = files[Qa.PathOf(1)].Replace("Many", "Mane", StringComparison.Ordinal);
        Write(files);
        Assert.Equal(["valid.jsonl", "manifest.json"], Names.Where(n => File.GetLastWriteTimeUtc(At(n)) != LongAgo));
    }

    [Fact]
    public void An_edit_to_the_proofreading_changes_no_file()
    {
        Write(Qa.Files(5));
        Array.ForEach(Names, n => File.SetLastWriteTimeUtc(At(n), LongAgo));
        Write(Qa.Files(5).ToDictionary(f => f.Key, f => f.Value + "Jane, 2026-01-01\n"));
        Assert.All(Names, n => Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(At(n))));
    }

    [Theory]
    [InlineData("train.jsonl")]
    [InlineData("valid.jsonl")]
    [InlineData("test.jsonl")]
    [InlineData("manifest.json")]
    public void A_folder_in_place_of_a_file_leaves_the_others_as_they_were(string name)
    {
        Write(Qa.Files(5));
        File.Delete(At(name));
        Directory.CreateDirectory(At(name));
        var before = Contents();
        Assert.ThrowsAny<Exception>(() => Write(Qa.Files(30))).AssertIsOfTheDisk();
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_an_error()
    {
        File.WriteAllText(At("dataset"), "");
        Assert.ThrowsAny<Exception>(() => Compiled.Of(Qa.Text()).Emitted!.WriteTo(At("dataset"))).AssertIsOfTheDisk();
        Assert.ThrowsAny<Exception>(() => Compiled.Of(Qa.Text()).Emitted!.WriteTo(At("dataset/below"))).AssertIsOfTheDisk();
    }

    [Fact]
    public void A_failure_while_staging_leaves_no_temporary_file()
    {
        OutputFiles.Write(At("a"), "old"u8.ToArray());
        Assert.Throws<InvalidOperationException>((Action)(() =>
        {
            using var outputs = new OutputFiles();
            outputs.Stage(At("a"), [Encoding.UTF8.GetBytes("new")]);
            outputs.Stage(At("b"), Failing());
        }));
        Assert.Equal(["a=old"], Contents());
    }

    [Fact]
    public void Nothing_is_written_without_a_commit()
    {
        using (var outputs = new OutputFiles())
        {
            outputs.Stage(At("a"), [Encoding.UTF8.GetBytes("new")]);
        }

        Assert.Empty(Contents());
    }

    [Fact]
    public void A_shorter_a_longer_and_an_equally_long_text_replace_the_old()
    {
        foreach (var text in (string[])["abc", "abd", "ab", "abcdef", ""])
        {
            OutputFiles.Write(At("a"), Encoding.UTF8.GetBytes(text));
            Assert.Equal(text, File.ReadAllText(At("a")));
        }
    }

    [Fact]
    public void Of_two_writers_at_once_each_file_is_wholly_by_one()
    {
        Parallel.For(0, 16, i =>
        {
            try
            {
                for (var round = 0; round < 20; round++)
                {
                    OutputFiles.Write(At("a"), Encoding.UTF8.GetBytes(new string((char)('a' + i), 100_000 + i)));
                }
            }
            catch (IOException)
            {
                // «Another build is writing the same file» is an honest answer.
            }
        });
        var text = File.ReadAllText(At("a"));
        Assert.Equal(new string(text[0], 100_000 + (text[0] - 'a')), text);
        Assert.Single(Contents());
    }

    [Fact]
    public void What_a_killed_build_left_is_removed_and_what_a_running_one_writes_is_not()
    {
        var (dead, alive) = (At($"a.{int.MaxValue}-1.tmp"), At($"a.{Environment.ProcessId}-0.tmp"));
        File.WriteAllText(dead, "half");
        File.WriteAllText(alive, "half");
        OutputFiles.Write(At("a"), new byte[10]);
        Assert.False(File.Exists(dead));
        Assert.True(File.Exists(alive));
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Failing()
    {
        yield return new byte[10];
        throw new InvalidOperationException();
    }

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void Write(Dictionary<string, string> files) => Compiled.Of(files).Emitted!.WriteTo(_folder.Path);

    private List<string> Contents() => [.. Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)}={File.ReadAllText(f)}")];
}

internal static class DiskErrors
{
    public static void AssertIsOfTheDisk(this Exception exception) => Assert.True(exception is IOException or UnauthorizedAccessException, exception.ToString());
}
