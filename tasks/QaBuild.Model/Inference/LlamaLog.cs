using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using QaBuild.Model.Inference.Native;

namespace QaBuild.Model.Inference;

/// <summary>What llama.cpp says while it works: warnings and errors go to stderr, the first errors since the last request are kept as the reason of a refusal.</summary>
internal static unsafe class LlamaLog
{
    /// <summary>Begins the line that says why the process aborts.</summary>
    public const string AbortMark = "abort: ";

    private const int Warning = 3;
    private const int Error = 4;
    private const int Continued = 5;
    // The first says why, the rest who could not go on because of it.
    private const int KeptErrors = 2;

    private static readonly SearchValues<char> s_identifier = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_0123456789");
    private static readonly Lock s_lock = new();
    private static readonly Stream s_stderr = Console.OpenStandardError();
    private static readonly List<string> s_errors = [];
    private static int s_level;

    /// <summary>Takes over llama.cpp's log and its abort message.</summary>
    public static void Listen()
    {
        Llama.SetLog(&OnLog, 0);
        Ggml.SetAbortCallback(&OnAbort);
    }

    /// <summary>Forgets the errors.</summary>
    public static void Clear()
    {
        lock (s_lock)
        {
            s_errors.Clear();
        }
    }

    /// <summary>The first errors, or null when there was none.</summary>
    public static string? Errors()
    {
        lock (s_lock)
        {
            return s_errors.Count == 0 ? null : string.Join("; ", s_errors);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(int level, byte* text, void* data)
    {
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        lock (s_lock)
        {
            s_level = level == Continued ? s_level : level;
            if (s_level is not (Warning or Error))
            {
                return;
            }

            Write(bytes);
            var line = WithoutFunction(Encoding.UTF8.GetString(bytes).Trim());
            if (s_level == Error && level != Continued && line.Length > 0 && s_errors.Count < KeptErrors)
            {
                s_errors.Add(line);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnAbort(byte* message) =>
        Write(Encoding.UTF8.GetBytes($"\n{AbortMark}{Marshal.PtrToStringUTF8((nint)message)}\n"));

    // 'llama_model_load: error …' begins with the name of a function, which says nothing to a user.
    private static string WithoutFunction(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && !line.AsSpan(0, colon).ContainsAnyExcept(s_identifier) && line.AsSpan(0, colon).Contains('_') ? line[(colon + 2)..] : line;
    }

    private static void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            s_stderr.Write(bytes);
        }
        catch (IOException)
        {
            // The parent is gone; the end of standard input will tell.
        }
    }
}
