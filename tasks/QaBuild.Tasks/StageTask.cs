using Microsoft.Build.Framework;
using QaBuild.Dataset;

namespace QaBuild.Tasks;

/// <summary>A stage of a compile that an earlier task of this build began.</summary>
public abstract class StageTask : DatasetTask
{
    /// <summary>The compile, kept by MSBuild until the build ends.</summary>
    protected Compilation Compilation
    {
        get => (Compilation?)BuildEngine4.GetRegisteredTaskObject(Key, RegisteredTaskObjectLifetime.Build)
            ?? throw new InvalidOperationException("The stages of a compile run in the order parse, link, check, split, emit, within one build.");
        set
        {
            BuildEngine4.UnregisterTaskObject(Key, RegisteredTaskObjectLifetime.Build);
            BuildEngine4.RegisterTaskObject(Key, value, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
        }
    }

    private string Key => "QaBuild.Compilation:" + Path.GetFullPath(DatasetDir);

    /// <summary>Forgets the compile.</summary>
    protected void Release() => BuildEngine4.UnregisterTaskObject(Key, RegisteredTaskObjectLifetime.Build);
}
