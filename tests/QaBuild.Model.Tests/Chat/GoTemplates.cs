using System.Text.Json;
using QaBuild.Model.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Chat;

/// <summary>Templates of Modelfiles, rendered by Go's own text/template in a program that is compiled for it.</summary>
internal static class GoTemplates
{
    /// <summary>The Go compiler, or null.</summary>
    public static string? Compiler { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, OperatingSystem.IsWindows() ? "go.exe" : "go")).FirstOrDefault(File.Exists);

    // Go's own library is all that the program needs.
    private static readonly Dictionary<string, string> s_offline = new()
    {
        ["GO111MODULE"] = "off",
        ["GOPROXY"] = "off",
        ["GOTOOLCHAIN"] = "local",
        ["GOFLAGS"] = "",
        ["CGO_ENABLED"] = "0",
        ["GOPATH"] = Repository.Path("artifacts", "go", "path"),
        ["GOCACHE"] = Repository.Path("artifacts", "go", "cache"),
    };

    // Compiled once for all tests.
    private static readonly Lazy<Task<string>> s_program = new(CompileAsync);

    /// <summary>The texts of conversations.</summary>
    public static async Task<string[]> Render(params IReadOnlyList<Prompt> prompts)
    {
        using var folder = new TemporaryFolder();
        using var render = Command.Start(await s_program.Value, folder.Path, null, folder.Write("prompts.json", JsonSerializer.Serialize(prompts)));
        return JsonSerializer.Deserialize<string[]>((await render.Ends()).Exits(0).Output)!;
    }

    private static async Task<string> CompileAsync()
    {
        var program = Path.Combine(Directory.CreateDirectory(Repository.Path("artifacts", "go")).FullName, "render.exe");
        using var build = Command.Start(Compiler!, Path.GetDirectoryName(program)!, s_offline, "build", "-o", program, Repository.Path("tests", "QaBuild.Model.Tests", "Chat", "OllamaTemplate", "render.go"));
        (await build.Ends()).Exits(0);
        return program;
    }

    /// <summary>A conversation to render.</summary>
    /// <param name="Template">In Go's language.</param>
    /// <param name="System">What the Modelfile's SYSTEM says.</param>
    /// <param name="Messages">What is said.</param>
    public sealed record Prompt(string Template, string System, IReadOnlyList<ChatMessage> Messages);
}
