using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QaBuild.Model.Tests.Packaging.Ollama;

/// <summary>A line to a server that breaks in the middle of an upload, as often as it is told to: the server hears nothing of that upload.</summary>
internal sealed class BreakingLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly ConcurrentBag<Socket> _lines = [];
    private readonly Action<string> _broke;
    private int _left;

    public BreakingLine(Uri server, int times, Action<string>? broke = null)
    {
        (_server, _left, _broke) = (server, times, broke ?? (_ => { }));
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address { get; }

    /// <summary>Nobody answers any more, and what was said is broken off.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        foreach (var line in _lines)
        {
            line.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                _lines.Add(near);
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
            await far.ConnectAsync(_server.Host, _server.Port);
            await Task.WhenAny(PumpAsync(near, far, breaks: true), PumpAsync(far, near, breaks: false));

            // So that the other side hears of it as of a broken line.
            near.Close(0);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool breaks)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (breaks && buffer.AsSpan(0, count).StartsWith("POST /api/blobs/"u8) && Interlocked.Decrement(ref _left) >= 0)
                {
                    _broke(string.Join(' ', Encoding.ASCII.GetString(buffer, 0, count).Split(' ')[..2]));
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
