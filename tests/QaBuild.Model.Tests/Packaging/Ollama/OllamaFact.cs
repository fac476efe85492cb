using QaBuild.Model.Packaging.Ollama;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>A test against the Ollama that OLLAMA_HOST names; where there is none, it says so and skips.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OllamaFactAttribute : FactAttribute
{
    public OllamaFactAttribute() => Skip = Address is null ? "needs a real Ollama: set OLLAMA_HOST" : null;

    /// <summary>Where it listens, or null.</summary>
    public static Uri? Address { get; } = Environment.GetEnvironmentVariable("OLLAMA_HOST") is { Length: > 0 } text ? OllamaAddress.Parse(text) : null;
}
