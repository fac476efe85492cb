using System.Text.Json;
using QaBuild.Model.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Chat;

/// <summary>Templates of Modelfiles, rendered by Go's own text/template in a program that is compiled for it.</summary>
internal static class GoTemplates
{
    /// <summary>The Go compiler, or null.</summary>
    public static string? Compiler { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, OperatingSystem.IsWindows() ? "go.exe" : "go")).FirstOrDefault(File.Exists);

    /// <summary>The texts of conversations.</summary>
    public static async Task<string[]> Render(TemporaryFolder folder, IReadOnlyList<Prompt> prompts)
    {
        var program = Path.Combine(folder.Path, "render.exe");
        var cases = folder.Write("prompts.json", JsonSerializer.Serialize(prompts));
        using (var build = Command.Start(Compiler!, folder.Path, Offline(folder), "build", "-o", program, Repository.Path("tests", "QaBuild.Model.Tests", "Chat", "OllamaTemplate", "render.go")))
        {
            (await build.Ends()).Exits(0);
        }

        using var render = Command.Start(program, folder.Path, null, cases);
        return JsonSerializer.Deserialize<string[]>((await render.Ends()).Exits(0).Output)!;
    }

    // Go's own library is all that the program needs.
    private static Dictionary<string, string> Offline(TemporaryFolder folder) => new()
    {
        ["GO111MODULE"] = "off",
        ["GOPROXY"] = "off",
        ["GOTOOLCHAIN"] = "local",
        ["GOFLAGS"] = "",
        ["CGO_ENABLED"] = "0",
        ["GOPATH"] = folder.Path,
        ["GOCACHE"] = Repository.Path("artifacts", "go-cache"),
    };

    /// <summary>A conversation to render.</summary>
    /// <param name="Template">In Go's language.</param>
    /// <param name="System">What the Modelfile's SYSTEM says.</param>
    /// <param name="Messages">What is said.</param>
    public sealed record Prompt(string Template, string System, IReadOnlyList<ChatMessage> Messages);
}
