namespace QaBuild.Sdk.Tests;

/// <summary>A test that restores llama.cpp with npm; it says so and skips where there is no npm.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmFactAttribute : FactAttribute
{
    public NpmFactAttribute()
    {
        var names = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, names))))
        {
            Skip = "needs npm, which is not on this machine";
        }
    }
}
