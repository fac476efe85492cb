using System.Text;
using QaBuild.Dataset.Sources;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Sources;

/// <summary>What the system is asked directly must be what the framework would have said; elsewhere than on Linux and macOS nothing is asked.</summary>
public sealed class OpenFolderTests : IDisposable
{
    private static readonly bool IsAsked = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _buffer = new byte[100];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.md")]
    [InlineData("目录 与 空格/qa_l_001.md")]
    [InlineData("😀/é")]
    public void A_file_is_read_and_its_time_told(string name)
    {
        var path = _folder.Write(name, "中文\n");
        File.SetLastWriteTimeUtc(path, new DateTime(2024, 2, 29, 12, 30, 15, DateTimeKind.Utc).AddTicks(1234567));
        using var folder = new OpenFolder();

        Assert.Equal(IsAsked ? 7 : null, folder.Read(path, _buffer, out var time));
        Assert.Equal(IsAsked ? "中文\n" : "", Encoding.UTF8.GetString(_buffer).TrimEnd('\0'));
        Assert.Equal(OperatingSystem.IsLinux() ? File.GetLastWriteTimeUtc(path).Ticks : null, time);
        Assert.Equal(time, folder.TimeOf(path));
    }

    [Fact]
    public void Files_of_several_folders_are_told_apart()
    {
        string[] paths = [_folder.Write("a/x", "1"), _folder.Write("b/x", "22"), _folder.Write("a/b/x", "333"), _folder.Write("x", "4444")];
        using var folder = new OpenFolder();
        foreach (var path in paths.Concat(paths.Reverse()))
        {
            Assert.Equal(IsAsked ? (int)new FileInfo(path).Length : null, folder.Read(path, _buffer, out _));
        }
    }

    [Fact]
    public void A_buffer_that_is_full_tells_that_there_may_be_more() =>
        Assert.Equal(IsAsked ? _buffer.Length : null, Read(_folder.Write("long", new string('x', 1000))));

    [Fact]
    public void Links_missing_files_folders_and_names_that_are_too_long_are_for_the_framework()
    {
        var link = Path.Combine(_folder.Path, "link");
        File.CreateSymbolicLink(link, _folder.Write("target", "text"));
        foreach (var path in (string[])[link, Path.Combine(_folder.Path, "missing"), Path.Combine(_folder.Path, "no", "folder"), _folder.Path, Path.Combine(_folder.Path, new string('x', 2000))])
        {
            Assert.Null(Read(path));
        }
    }

    [Fact]
    public void Nothing_is_read_outside_the_root()
    {
        _folder.Write("kb/a", "inside");
        var outside = _folder.Write("b", "outside");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "kb", "away"), _folder.Path);
        using var folder = new OpenFolder(new ResolvedRoot(Path.Combine(_folder.Path, "kb")));

        Assert.Equal(IsAsked ? 6 : null, folder.Read(Path.Combine(_folder.Path, "kb", "a"), _buffer, out _));
        Assert.Null(folder.Read(outside, _buffer, out _));
        Assert.Null(folder.Read(Path.Combine(_folder.Path, "kb", "away", "b"), _buffer, out _));
    }

    private int? Read(string path)
    {
        using var folder = new OpenFolder();
        return folder.Read(path, _buffer, out _);
    }
}
