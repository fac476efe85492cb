using Microsoft.Build.Framework;
using QaBuild.Dataset;
using QaBuild.Dataset.Review.Diff;
using QaBuild.Dataset.Sources;

namespace QaBuild.Tasks;

/// <summary>A stage of a compile. What a stage makes for the next is kept by MSBuild until the build ends.</summary>
public abstract class StageTask : DatasetTask
{
    /// <summary>The files as <see cref="CheckUpToDate"/> saw them.</summary>
    protected SourceList Files
    {
        get => Get<SourceList>();
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
        BuildEngine4.UnregisterTaskObject(Key<SourceList>(), RegisteredTaskObjectLifetime.Build);
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
