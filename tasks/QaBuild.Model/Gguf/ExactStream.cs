namespace QaBuild.Model.Gguf;

/// <summary>Lets a fixed number of bytes through.</summary>
internal sealed class ExactStream(Stream inner, long length, Action<long> written, CancellationToken cancellation) : Stream
{
    private long _position;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        if (buffer.Length > length - _position)
        {
            throw new InvalidOperationException($"more than {length} bytes were written");
        }

        inner.Write(buffer);
        _position += buffer.Length;
        written(_position);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
