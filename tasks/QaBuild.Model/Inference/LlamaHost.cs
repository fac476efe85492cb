using System.Diagnostics;

namespace QaBuild.Model.Inference;

/// <summary>How the child process that does the native work is started.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">What makes it answer requests on its standard input.</param>
/// <param name="Libraries">The folder of llama.cpp's libraries; see <see cref="LlamaCpp.Locate"/>.</param>
public sealed record LlamaHost(string Program, IReadOnlyList<string> Arguments, string Libraries)
{
    /// <summary>The tool's verb that answers requests. It is for this library alone.</summary>
    public const string Verb = "llama-host";

    private const string Tool = "qabuild";

    /// <summary>The <c>qabuild</c> that stands beside this library: the running one, or the one that was built with it.</summary>
    public static LlamaHost Beside(string libraries)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, Tool + ".dll");
        if (!File.Exists(assembly))
        {
            return new LlamaHost(Environment.ProcessPath ?? Tool, [Verb, libraries], libraries);
        }

        var self = Environment.ProcessPath;
        var dotnet = Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        return new LlamaHost(string.IsNullOrEmpty(dotnet) ? "dotnet" : dotnet, [assembly, Verb, libraries], libraries);
    }

    internal ProcessStartInfo ToStart()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = LlamaJson.Encoding,
            StandardOutputEncoding = LlamaJson.Encoding,
            StandardErrorEncoding = LlamaJson.Encoding,
            CreateNoWindow = true,
        };
        // The message alone says what failed; a backtrace starts a debugger and takes seconds.
        start.Environment["GGML_NO_BACKTRACE"] = "1";
        return start;
    }
}
