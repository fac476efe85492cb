using System.Diagnostics;

namespace QaBuild.Tests;

/// <summary>A repository of git in a folder, which no configuration of the machine reaches; the same files make the same hashes.</summary>
internal sealed class GitFolder
{
    private int _commits;

    /// <summary>Makes a repository of a folder that exists.</summary>
    public GitFolder(string path)
    {
        Path = path;
        Git("init", "--quiet", "--initial-branch=main");
    }

    public string Path { get; }

    /// <summary>Commits all there is.</summary>
    /// <returns>The commit's hash.</returns>
    public string Commit()
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--message", $"commit {++_commits}");
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>Runs git here.</summary>
    /// <returns>What it wrote.</returns>
    public string Git(params string[] arguments) => Run(null, arguments);

    /// <summary>Runs git here with something to read.</summary>
    public string Run(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.autocrlf=false", .. arguments]) { WorkingDirectory = Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var who in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{who}_NAME"] = "Nobody";
            start.Environment[$"GIT_{who}_EMAIL"] = "nobody@example.org";
            start.Environment[$"GIT_{who}_DATE"] = "2026-01-02T03:04:05Z";
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = "";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var git = Process.Start(start)!;
        git.StandardInput.Write(input);
        git.StandardInput.Close();
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
