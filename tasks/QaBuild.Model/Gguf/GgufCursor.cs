using System.Buffers.Binary;
using System.Text;

namespace QaBuild.Model.Gguf;

/// <summary>Reads the header of a GGUF from front to back. Nothing is believed before it is held against what is left of the file.</summary>
internal sealed class GgufCursor(MappedFile file)
{
    private const int DeepestNesting = 4;
    private const int LongestKey = ushort.MaxValue;

    /// <summary>From the file's start.</summary>
    public long At { get; private set; }

    /// <summary>Bytes behind <see cref="At"/>.</summary>
    public long Left => file.Length - At;

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>A number of things, each of which takes at least <paramref name="smallest"/> bytes.</summary>
    public int Count(string what, int smallest)
    {
        var at = At;
        var count = UInt64(what);
        return count <= (ulong)(Left / smallest) && count <= int.MaxValue ? (int)count : throw Malformed("GgufCount", what, count, at, Left);
    }

    public string Key(string what)
    {
        var at = At;
        var key = Text(what, LongestKey);
        return key.Length > 0 ? key : throw Malformed("GgufEmptyName", what, at);
    }

    public string Text(string what, int longest = int.MaxValue)
    {
        var at = At;
        var length = UInt64(what);
        return length <= (ulong)Math.Min(Left, longest) ? Encoding.UTF8.GetString(Take((int)length, what)) : throw Malformed("GgufText", what, length, at, Left);
    }

    public object Value(string key, GgufValueType type, int depth = 0) => type switch
    {
        GgufValueType.UInt8 => Take(1, key)[0],
        GgufValueType.Int8 => (sbyte)Take(1, key)[0],
        GgufValueType.Bool => Take(1, key)[0] != 0,
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, key)),
        GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(Take(2, key)),
        GgufValueType.UInt32 => UInt32(key),
        GgufValueType.Int32 => (int)UInt32(key),
        GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(Take(4, key)),
        GgufValueType.UInt64 => UInt64(key),
        GgufValueType.Int64 => (long)UInt64(key),
        GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8, key)),
        GgufValueType.String => Text(key),
        GgufValueType.Array => Array(key, depth),
        _ => throw Malformed("GgufValueType", key, (uint)type, At),
    };

    public ModelFaultException Malformed(string reason, params object[] arguments) => new(ModelFaults.FileMalformed, file.Path, file.Path, new Reason(reason, arguments));

    private GgufArray Array(string key, int depth)
    {
        if (depth >= DeepestNesting)
        {
            throw Malformed("GgufNesting", key, DeepestNesting);
        }

        var type = (GgufValueType)UInt32(key);
        return new GgufArray(type, type switch
        {
            GgufValueType.UInt8 => Elements<byte>(key, 1, depth, type),
            GgufValueType.Int8 => Elements<sbyte>(key, 1, depth, type),
            GgufValueType.Bool => Elements<bool>(key, 1, depth, type),
            GgufValueType.UInt16 => Elements<ushort>(key, 2, depth, type),
            GgufValueType.Int16 => Elements<short>(key, 2, depth, type),
            GgufValueType.UInt32 => Elements<uint>(key, 4, depth, type),
            GgufValueType.Int32 => Elements<int>(key, 4, depth, type),
            GgufValueType.Float32 => Elements<float>(key, 4, depth, type),
            GgufValueType.UInt64 => Elements<ulong>(key, 8, depth, type),
            GgufValueType.Int64 => Elements<long>(key, 8, depth, type),
            GgufValueType.Float64 => Elements<double>(key, 8, depth, type),
            GgufValueType.String => Elements<string>(key, sizeof(ulong), depth, type),
            GgufValueType.Array => Elements<GgufArray>(key, sizeof(uint) + sizeof(ulong), depth, type),
            _ => throw Malformed("GgufValueType", key, (uint)type, At),
        });
    }

    private T[] Elements<T>(string key, int smallest, int depth, GgufValueType type)
    {
        var values = new T[Count(key, smallest)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (T)Value(key, type, depth + 1);
        }

        return values;
    }

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (length > Left)
        {
            throw Malformed("GgufEnds", what, At);
        }

        var taken = file.Slice(At, length);
        At += length;
        return taken;
    }
}
