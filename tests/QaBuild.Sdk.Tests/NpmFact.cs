using QaBuild.Tests;

namespace QaBuild.Sdk.Tests;

/// <summary>A test that restores with npm, or runs Node.js; it says so and skips where there is no npm.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmFactAttribute : FactAttribute
{
    /// <param name="shared">A folder or file of ../shared that the test needs too.</param>
    public NpmFactAttribute(string? shared = null) => Skip = Absence ?? (shared is null || Repository.Shared(shared) is not null ? null : $"needs ../shared/{shared}, which is not on this machine");

    /// <summary>Why such tests skip; null where there is npm.</summary>
    public static string? Absence { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, OperatingSystem.IsWindows() ? "npm.cmd" : "npm")))
            ? null
            : "needs npm, which is not on this machine";
}

/// <inheritdoc cref="NpmFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmTheoryAttribute : TheoryAttribute
{
    public NpmTheoryAttribute() => Skip = NpmFactAttribute.Absence;
}
