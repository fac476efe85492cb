using System.Globalization;
using System.Reflection;

namespace QaBuild.Benchmarks;

/// <summary>The knowledge base, the projects over it and the commands to time, below <c>artifacts/bench</c>.</summary>
internal sealed class Workspace
{
    private const string Python = "/usr/bin/python3";
    private readonly string _folder;
    private readonly string _root;

    private Workspace(string root, int files)
    {
        (_root, Files) = (root, files);
        _folder = Path.Combine(root, "artifacts", "bench");
        Kb = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"kb-{files}"));
    }

    /// <summary>How many qa files the KB has.</summary>
    public int Files { get; }

    /// <summary>The KB's folder.</summary>
    public string Kb { get; }

    /// <summary>Where the build under test writes.</summary>
    public string DatasetDir => Path.Combine(_folder, "dataset");

    /// <summary>Written by each compile, and by a build with nothing to do not.</summary>
    public string Stamp => Path.Combine(DatasetDir, "obj", "EmitDataset.stamp");

    /// <summary>The source that the edit changes.</summary>
    public string Edited => Path.Combine(Kb, "job_00", "skill_000", "qa_l_001.md");

    /// <summary><c>dotnet build</c> of the KB without a search for similar texts, which the yardstick does not make either.</summary>
    public Command Build => DotnetBuild("Kb.proj");

    /// <summary><c>dotnet build</c> of the KB with all checks.</summary>
    public Command Checked => DotnetBuild("Checked.proj");

    /// <summary><c>dotnet build</c> of a project without anything.</summary>
    public Command Empty => DotnetBuild("Empty.proj");

    /// <summary><c>dotnet build</c> of a project that finds the KB's files and does nothing with them.</summary>
    public Command Glob => DotnetBuild("Glob.proj");

    /// <summary>All files into memory.</summary>
    public Command Read
    {
        get
        {
            // Started through `dotnet X.dll` this process is the muxer, which wants to be told the assembly.
            var self = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(self) == "dotnet"
                ? new Command(self, [Assembly.GetExecutingAssembly().Location, BareRead.Verb, Kb])
                : new Command(self, [BareRead.Verb, Kb]);
        }
    }

    /// <summary>The same compile as a Python user would write it; null where it cannot run.</summary>
    public Command? Pipeline { get; private set; }

    /// <summary>Makes what is not there yet, and says on the error stream what is missing.</summary>
    /// <returns>Null when there is nothing to measure.</returns>
    public static Workspace? Make(string root, int files)
    {
        var workspace = new Workspace(root, files);
        return workspace.MakeKb() && workspace.MakeProjects() ? workspace : null;
    }

    /// <summary>The folder of a KB of so many files, made when it is not there yet; null, and a word on the error stream, when it cannot be.</summary>
    public static string? KbOf(string root, int files) => new Workspace(root, files) is var workspace && workspace.MakeKb() ? workspace.Kb : null;

    private bool MakeKb()
    {
        var (maker, rows) = (Shared("bench", "make_kb.py"), Shared("data", "sft", "alpaca_52k.json"));
        var python = File.Exists(Python);
        if (!Directory.Exists(Kb))
        {
            if (!python || maker is null || rows is null)
            {
                Console.Error.WriteLine($"nothing to measure: the knowledge base is made by {Python}, ../shared/bench/make_kb.py and ../shared/data/sft/alpaca_52k.json, and one of them is missing");
                return false;
            }

            // A run that is stopped half-way must not leave a KB that looks whole.
            var half = Kb + ".half";
            if (Directory.Exists(half))
            {
                Directory.Delete(half, recursive: true);
            }

            new Command(Python, [maker, rows, half, Files.ToString(CultureInfo.InvariantCulture)]).Run();
            Directory.Move(half, Kb);
        }

        Pipeline = python ? FindPipeline() : Missing(Python);
        return true;
    }

    private Command? FindPipeline()
    {
        if (Shared("bench", "python_pipeline.py") is not { } script)
        {
            return Missing("../shared/bench/python_pipeline.py");
        }

        try
        {
            new Command(Python, ["-c", "import jsonschema"]).Run();
        }
        catch (InvalidOperationException)
        {
            return Missing("Debian's python3-jsonschema");
        }

        return new Command(Python, [script, Kb, Path.Combine(_folder, "python"), "--no-near"]);
    }

    private static Command? Missing(string what)
    {
        Console.Error.WriteLine($"without the Python pipeline: {what} is missing");
        return null;
    }

    private bool MakeProjects()
    {
        var tasks = Path.Combine(_root, "artifacts", "tasks") + Path.DirectorySeparatorChar;
        if (!File.Exists(Path.Combine(tasks, "QaBuild.Tasks.dll")))
        {
            Console.Error.WriteLine("nothing to measure: the tasks are not built; run 'dotnet msbuild Dataset.proj -t:BuildTasks' first");
            return false;
        }

        const string Nothing = "  <Target Name=\"Restore\" />\n  <Target Name=\"Build\" />\n";
        Write("Kb.proj", KbProject(tasks, "<DuplicateWarnThreshold>1</DuplicateWarnThreshold>"));
        Write("Checked.proj", KbProject(tasks, ""));
        Write("Empty.proj", Nothing);
        Write("Glob.proj", $"  <ItemGroup>\n    <Qa Include=\"{Kb}/**/*.md\" />\n  </ItemGroup>\n{Nothing}");
        return true;
    }

    // The set holds questions twice: reported they are, but they do not end the build.
    private string KbProject(string tasks, string threshold) => $"""
          <PropertyGroup>
            <KbRoot>{Kb}</KbRoot>
            <DatasetDir>{DatasetDir}</DatasetDir>
            <DuplicateAction>warn</DuplicateAction>
            {threshold}
            <_QaBuildTasksDir>{tasks}</_QaBuildTasksDir>
          </PropertyGroup>
          <Import Project="{_root}/build/Sdk.props" />
          <Import Project="{_root}/build/Sdk.targets" />

        """;

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(_folder);
        File.WriteAllText(path, $"<Project DefaultTargets=\"Build\">\n{content}</Project>\n");
    }

    private Command DotnetBuild(string project) => new("dotnet", ["build", Path.Combine(_folder, project), "--no-restore"]);

    private string? Shared(params string[] parts)
    {
        var path = Path.GetFullPath(Path.Combine([_root, "..", "shared", .. parts]));
        return File.Exists(path) ? path : null;
    }
}
