using QaBuild.Model.Inference;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Inference;

/// <summary>A test that needs llama.cpp; the build of this project restores it with npm, and where there is no npm the test says so and skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LlamaFactAttribute : FactAttribute
{
    public LlamaFactAttribute(string? shared = null) => Skip = Llama.WhyNot(shared);
}

/// <summary>As <see cref="LlamaFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LlamaTheoryAttribute : TheoryAttribute
{
    public LlamaTheoryAttribute(string? shared = null) => Skip = Llama.WhyNot(shared);
}

/// <summary>llama.cpp's child process as tests start it.</summary>
internal static class Llama
{
    public static LlamaProcess Start() => LlamaProcess.Start(LlamaHost.Beside(LlamaCpp.Locate(null)));

    /// <summary>A process with a model loaded. One thread: those of llama.cpp wait for each other without sleeping, and tests run beside tests.</summary>
    public static async Task<LlamaProcess> Load(string path, LoadOptions? options = null)
    {
        var llama = Start();
        await llama.LoadAsync(path, (options ?? new LoadOptions()) with { Threads = 1 });
        return llama;
    }

    public static string? WhyNot(string? shared) =>
        LlamaCpp.Find() is null ? "needs llama.cpp, which npm restores, and npm is not on this machine"
        : shared is not null && Repository.Shared(shared) is null ? $"needs ../shared/{shared}, which is not on this machine"
        : null;
}
