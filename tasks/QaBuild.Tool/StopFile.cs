namespace QaBuild.Tool;

/// <summary>A build that is cancelled cannot send Ctrl-C to its child: it makes a file instead, whose name it gave in the environment.</summary>
internal sealed class StopFile : IDisposable
{
    private const string Variable = "QABUILD_STOP";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _stopped;
    private readonly Timer? _timer;

    /// <param name="cancellation">What stops the work besides.</param>
    public StopFile(CancellationToken cancellation)
    {
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
        {
            _timer = new Timer(_ => Look(path), null, s_pause, s_pause);
        }
    }

    /// <summary>Is cancelled with either.</summary>
    public CancellationToken Token => _stopped.Token;

    public void Dispose()
    {
        // No look is under way when the source goes.
        using var looked = new ManualResetEvent(false);
        if (_timer?.Dispose(looked) == true)
        {
            looked.WaitOne();
        }

        _stopped.Dispose();
    }

    private void Look(string path)
    {
        if (File.Exists(path))
        {
            _stopped.Cancel();
        }
    }
}
