using System.Net;
using System.Net.Sockets;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>A line to a server that breaks in the middle of an upload, as often as it is told to.</summary>
internal sealed class BreakingLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private int _left;

    public BreakingLine(Uri server, int times)
    {
        (_server, _left) = (server, times);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                _ = Task.Run(() => JoinAsync(near));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task JoinAsync(Socket near)
    {
        using (near)
        using (var far = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await far.ConnectAsync(IPAddress.Loopback, _server.Port);
            await Task.WhenAny(PumpAsync(near, far, breaks: true), PumpAsync(far, near, breaks: false));
            near.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool breaks)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (breaks && buffer.AsSpan(0, count).IndexOf("POST /api/blobs/"u8) >= 0 && Interlocked.Decrement(ref _left) >= 0)
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side has gone.
        }
    }
}
