namespace QaBuild.Model.Training.Run;

/// <summary>Keeps two trainings out of one folder: each would write over the other's checkpoints. The system takes the lock back when its process ends, however it ends.</summary>
public sealed class RunLock : IDisposable
{
    private const string Name = "lock";

    // EAGAIN of errno.h; ERROR_SHARING_VIOLATION.
    private const int LinuxAgain = 11;
    private const int MacAgain = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">Of the run; it exists.</param>
    /// <exception cref="ModelFaultException">QA7026: another process has it.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        try
        {
            return new RunLock(new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.HResult is LinuxAgain or MacAgain or SharingViolation)
        {
            throw new ModelFaultException(ModelFaults.TrainingUnderWay, "", folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
