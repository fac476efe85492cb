using System.Security;
using System.Security.Cryptography;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>A project of the SDK in a folder of its own, with a KB that is written as the test needs it.</summary>
internal sealed class SdkProject : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes the project.</summary>
    /// <param name="body">What stands between the SDK's two imports, where a project's own text stands.</param>
    /// <param name="below">The project's folder below a temporary one.</param>
    public SdkProject(string body = "", string below = ".")
    {
        Folder = Path.GetFullPath(Path.Combine(_folder.Path, below));
        File = AddProject("Kb.proj", body);
    }

    /// <summary>Where the project stands.</summary>
    public string Folder { get; }

    /// <summary>The project file.</summary>
    public string File { get; }

    /// <summary>The dataset's folder when no property says otherwise.</summary>
    public string Dataset => Place("artifacts/dataset");

    /// <summary>Set in the environment of every build.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>A project with six questions: four for training, one to validate with, one to test with.</summary>
    public static SdkProject WithSixQuestions(string body = "", string below = ".")
    {
        var project = new SdkProject(body, below);
        for (var number = 1; number <= 6; number++)
        {
            project.Ask(number, split: number switch { 5 => "valid", 6 => "test", _ => "train" });
        }

        return project;
    }

    /// <summary>Adds a project file beside the first.</summary>
    public string AddProject(string name, string body) => Write(name, $"""
        <Project DefaultTargets="Build">
          <PropertyGroup>
            <_QaBuildTasksDir>{SecurityElement.Escape(Tasks.Folder)}</_QaBuildTasksDir>
          </PropertyGroup>
          <Import Project="{SecurityElement.Escape(Repository.Path("build", "Sdk.props"))}" />
          {body}
          <Import Project="{SecurityElement.Escape(Repository.Path("build", "Sdk.targets"))}" />
        </Project>
        """);

    /// <summary>A full path below the project's folder.</summary>
    public string Place(string relativePath) => Path.Combine(Folder, relativePath);

    /// <summary>Writes a file below the project's folder.</summary>
    public string Write(string relativePath, string text) => _folder.Write(Place(relativePath), text);

    /// <summary>Writes <c>kb/job_dba/skill_sql/qa_l_{number}.md</c>.</summary>
    public string Ask(int number, string? answer = null, string? split = null, string related = "none", string proofreading = "", string kb = "kb") =>
        Write($"{kb}/job_dba/skill_sql/qa_l_{number:d3}.md", Qa.Text($"What is number {number}?", answer ?? $"It is answer {number}.", related: related, proofreading: proofreading, front: split is null ? "" : $"split: {split}"));

    /// <summary>Removes a file below the project's folder.</summary>
    public void Delete(string relativePath) => System.IO.File.Delete(Place(relativePath));

    /// <summary>Starts <c>dotnet build</c>.</summary>
    public async Task<Command> Start(params string[] arguments)
    {
        await Tasks.Ready();
        return Command.Dotnet(Folder, Environment, ["build", File, "-nologo", "-tl:off", .. arguments]);
    }

    /// <summary>Runs <c>dotnet build</c>.</summary>
    public async Task<Ran> Build(params string[] arguments)
    {
        using var build = await Start(arguments);
        return await build.Ends();
    }

    /// <summary>Whether a build with these arguments would have nothing to do.</summary>
    public async Task<bool> IsUpToDate(params string[] arguments) => (await Build(["-question", .. arguments])).ExitCode == 0;

    /// <summary>The rows of a file of the dataset.</summary>
    public string[] Rows(string name) => System.IO.File.ReadAllLines(Path.Combine(Dataset, name + ".jsonl"));

    /// <summary>The files of a dataset's folder, but for what builds keep there for themselves: name, time and a hash of the bytes.</summary>
    public SortedDictionary<string, string> Outputs(string? folder = null, bool times = true)
    {
        var root = folder ?? Dataset;
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories) : [])
        {
            var name = Path.GetRelativePath(root, path);
            if (!name.StartsWith("obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                found[name] = (times ? $"{System.IO.File.GetLastWriteTimeUtc(path):O} " : "") + Convert.ToHexString(SHA256.HashData(System.IO.File.ReadAllBytes(path)));
            }
        }

        return found;
    }

    public void Dispose() => _folder.Dispose();
}
