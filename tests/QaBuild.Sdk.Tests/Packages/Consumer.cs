using System.Runtime.CompilerServices;
using QaBuild.Tests;

namespace QaBuild.Sdk.Tests.Packages;

/// <summary>
/// Someone else's folder: outside the repository, with the feed of <see cref="Packed"/> beside the machine's usual one, and with caches and a home of its own.
/// What every command said is kept in <c>artifacts/test-logs</c>.
/// </summary>
internal sealed class Consumer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string _logs;
    private int _commands;

    private Consumer(string below, string test)
    {
        Folder = Path.Combine(_folder.Path, below);
        Directory.CreateDirectory(Folder);
        _logs = Repository.Path("artifacts", "test-logs", test);
        if (Directory.Exists(_logs))
        {
            Directory.Delete(_logs, recursive: true);
        }

        _folder.Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{Packed.Feed}" /></packageSources></configuration>""");
        _environment = new()
        {
            ["NUGET_PACKAGES"] = Path.Combine(_folder.Path, "packages"),
            ["DOTNET_CLI_HOME"] = Path.Combine(_folder.Path, "home"),
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
            ["DOTNET_ADD_GLOBAL_TOOLS_TO_PATH"] = "false",
        };
    }

    /// <summary>Where the commands run.</summary>
    public string Folder { get; }

    /// <summary>The version that was packed.</summary>
    public required string Version { get; init; }

    /// <summary>Makes an empty folder.</summary>
    /// <param name="below">Its path below a temporary one.</param>
    /// <param name="test">Names the logs.</param>
    public static async Task<Consumer> Create(string below = "work", [CallerMemberName] string test = "") => new(below, test) { Version = await Packed.Version() };

    /// <summary>A full path below the folder.</summary>
    public string Place(string relativePath) => Path.Combine(Folder, relativePath);

    /// <summary>Writes a file below the folder.</summary>
    public string Write(string relativePath, string text) => _folder.Write(Place(relativePath), text);

    /// <summary>Writes the whole of a project.</summary>
    public string WriteProject(string relativePath = "kb.proj", string body = "") =>
        Write(relativePath, body.Length == 0 ? $"<Project Sdk=\"QaBuild.Sdk/{Version}\" />\n" : $"<Project Sdk=\"QaBuild.Sdk/{Version}\">\n{body}\n</Project>\n");

    /// <summary>Copies a folder of the repository.</summary>
    public void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Place(to), Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Runs <c>dotnet</c>.</summary>
    public Task<Ran> Dotnet(params string[] arguments) => Logged(Command.Dotnet(Folder, _environment, arguments), arguments);

    /// <summary>Runs <c>dotnet build</c> in the folder, as a user types it.</summary>
    public Task<Ran> Build(params string[] arguments) => Dotnet(["build", "-tl:off", .. arguments]);

    /// <summary>Runs a program.</summary>
    public Task<Ran> Run(string program, params string[] arguments) => Logged(Command.Start(program, Folder, _environment, arguments), [program, .. arguments]);

    public void Dispose() => _folder.Dispose();

    private async Task<Ran> Logged(Command command, string[] arguments)
    {
        using (command)
        {
            var number = Interlocked.Increment(ref _commands);
            var ran = await command.Ends();
            Directory.CreateDirectory(_logs);
            await File.WriteAllTextAsync(Path.Combine(_logs, $"{number:d2}.log"), $"{string.Join(' ', arguments)}\nexit code {ran.ExitCode}\n\n{ran.Output}");
            return ran;
        }
    }
}
