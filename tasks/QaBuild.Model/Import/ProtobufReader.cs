namespace QaBuild.Model.Import;

/// <summary>Reads the fields of a protobuf message in order (protobuf.dev, "Encoding"). It ends at the first byte that does not fit.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _left = message;

    /// <summary>The field's number.</summary>
    public int Number { get; private set; }

    /// <summary>Of a number.</summary>
    public ulong Value { get; private set; }

    /// <summary>Of a text, a message or a number of fixed width.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Whether the message ended where a field ended.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads a field.</summary>
    /// <returns>False at the end.</returns>
    public bool Next()
    {
        Value = 0;
        Bytes = default;
        if (_left.IsEmpty)
        {
            IsWhole = true;
            return false;
        }

        if (!Varint(out var tag) || tag >> 3 is 0 or > int.MaxValue)
        {
            return false;
        }

        Number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                var read = Varint(out var value);
                Value = value;
                return read;
            case 1:
                return Take(sizeof(ulong));
            case 2:
                return Varint(out var length) && length <= (ulong)_left.Length && Take((int)length);
            case 5:
                return Take(sizeof(uint));
            default:
                return false;
        }
    }

    private bool Take(int length)
    {
        if (length > _left.Length)
        {
            return false;
        }

        Bytes = _left[..length];
        _left = _left[length..];
        return true;
    }

    private bool Varint(out ulong value)
    {
        const int Most = 10;
        value = 0;
        for (var i = 0; i < Most && i < _left.Length; i++)
        {
            value |= (ulong)(_left[i] & 0x7F) << (7 * i);
            if (_left[i] < 0x80)
            {
                _left = _left[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
