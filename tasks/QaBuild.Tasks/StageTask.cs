using Microsoft.Build.Framework;
using QaBuild.Dataset;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tasks;

/// <summary>The inputs of a compile.</summary>
/// <param name="Files">As they were seen.</param>
/// <param name="Digest">Of the inputs' names and the options; may still be computed.</param>
internal sealed record CheckedInputs(SourceList Files, Task<string> Digest);

/// <summary>A stage of a compile. What a stage makes for the next is kept by MSBuild until the build ends.</summary>
public abstract class StageTask : DatasetTask
{
    /// <summary>What <see cref="CheckUpToDate"/> looked at.</summary>
    internal CheckedInputs Checked
    {
        get => Get<CheckedInputs>();
        set => Set(value);
    }

    /// <summary>The compile.</summary>
    protected Compilation Compilation
    {
        get => Get<Compilation>();
        set => Set(value);
    }

    /// <summary>The compiles of a comparison.</summary>
    protected DiffCompile Diff
    {
        get => Get<DiffCompile>();
        set => Set(value);
    }

    /// <summary>Forgets the compile.</summary>
    protected void Release()
    {
        BuildEngine4.UnregisterTaskObject(Key<CheckedInputs>(), RegisteredTaskObjectLifetime.Build);
        BuildEngine4.UnregisterTaskObject(Key<Compilation>(), RegisteredTaskObjectLifetime.Build);
    }

    private T Get<T>()
        where T : class => (T?)BuildEngine4.GetRegisteredTaskObject(Key<T>(), RegisteredTaskObjectLifetime.Build)
            ?? throw new InvalidOperationException("The stages of a compile run in the order check whether it is up to date, parse, link, check, split, emit, within one build.");

    private void Set<T>(T value)
        where T : class
    {
        BuildEngine4.UnregisterTaskObject(Key<T>(), RegisteredTaskObjectLifetime.Build);
        BuildEngine4.RegisterTaskObject(Key<T>(), value, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
    }

    private string Key<T>() => $"QaBuild.{typeof(T).Name}:{Path.GetFullPath(DatasetDir)}";
}
