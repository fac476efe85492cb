using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Newtonsoft.Json.Linq;

namespace QaBuild.Dataset.Emission;

/// <summary>
/// Writes one line of JSON as UTF-8, escaping only what JSON demands. System.Text.Json's encoders also escape ideographic blanks, emoji
/// and more, which makes Chinese rows unreadable in a review.
/// </summary>
internal sealed class JsonLine
{
    // An array of its own, not a writer of the framework: most of what is written is a byte or a short word, and a call into another assembly takes longer.
    private byte[] _bytes;
    private int _length;
    private bool _first = true;

    /// <param name="capacity">Bytes to set aside; more are found when they are needed.</param>
    public JsonLine(int capacity = 0) => _bytes = capacity == 0 ? [] : GC.AllocateUninitializedArray<byte>(capacity);

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The same, not copied: good until more is written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    public void Clear()
    {
        _length = 0;
        _first = true;
    }

    /// <summary>After <see cref="Clear"/>: the text goes on after an item.</summary>
    public void Resume() => _first = false;

    /// <summary>A line end; what follows is a text of its own.</summary>
    public JsonLine EndText()
    {
        Raw('\n');
        _first = true;
        return this;
    }

    public JsonLine Open(char bracket)
    {
        Separate();
        Raw(bracket);
        _first = true;
        return this;
    }

    public JsonLine Close(char bracket)
    {
        Raw(bracket);
        _first = false;
        return this;
    }

    public JsonLine Key(string name)
    {
        Text(name);
        Raw(':');
        _first = true;
        return this;
    }

    /// <summary>A text, and another right after it.</summary>
    public JsonLine Text(ReadOnlySpan<char> value, ReadOnlySpan<char> ending = default)
    {
        Separate();
        Raw('"');
        Content(value);
        Content(ending);
        Raw('"');
        _first = false;
        return this;
    }

    public JsonLine Number(long value)
    {
        Separate();
        value.TryFormat(Reserve(20), out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        _length += length;
        return this;
    }

    /// <summary>A number with at least one decimal place.</summary>
    public JsonLine Number(decimal value)
    {
        Separate();
        var text = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Utf8(text);
        Utf8(text.Contains('.') ? "" : ".0");
        return this;
    }

    /// <summary>JSON as it stands, up to where a value follows. It begins with the comma before it, or gets that when there is need of one.</summary>
    public JsonLine Part(ReadOnlySpan<byte> json)
    {
        if (json[0] != ',')
        {
            Separate();
        }

        json.CopyTo(Reserve(json.Length));
        _length += json.Length;
        _first = true;
        return this;
    }

    /// <summary>A key and its text.</summary>
    public JsonLine Property(string name, string value, string ending = "") => Key(name).Text(value, ending);

    /// <summary>A value as it stands in the front matter.</summary>
    public JsonLine Token(JToken token)
    {
        switch (token)
        {
            case JObject mapping:
                Open('{');
                foreach (var property in mapping.Properties())
                {
                    Key(property.Name).Token(property.Value);
                }

                return Close('}');
            case JArray list:
                Open('[');
                foreach (var item in list)
                {
                    Token(item);
                }

                return Close(']');
            case JValue { Value: string text }:
                return Text(text);
            default:
                Separate();
                Utf8(token.ToString(Newtonsoft.Json.Formatting.None));
                return this;
        }
    }

    /// <summary>A line end; what follows within brackets still gets its comma.</summary>
    public JsonLine NewLine()
    {
        Raw('\n');
        return this;
    }

    private void Content(ReadOnlySpan<char> rest)
    {
        // Most texts of a manifest are short and plain.
        var plainBytes = Reserve(rest.Length);
        var copied = 0;
        if (rest.Length >= Vector128<byte>.Count)
        {
            ref var from = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(rest));
            ref var to = ref MemoryMarshal.GetReference(plainBytes);
            for (; rest.Length - copied >= Vector128<byte>.Count; copied += Vector128<byte>.Count)
            {
                var (low, high) = (Vector128.LoadUnsafe(ref from, (nuint)copied), Vector128.LoadUnsafe(ref from, (nuint)(copied + Vector128<ushort>.Count)));
                if (!IsPlain(low) || !IsPlain(high))
                {
                    break;
                }

                Vector128.Narrow(low, high).StoreUnsafe(ref to, (nuint)copied);
            }

            // The end, with some of what was copied.
            var last = rest.Length - Vector128<byte>.Count;
            if (copied > last && copied < rest.Length)
            {
                var (low, high) = (Vector128.LoadUnsafe(ref from, (nuint)last), Vector128.LoadUnsafe(ref from, (nuint)(last + Vector128<ushort>.Count)));
                if (IsPlain(low) && IsPlain(high))
                {
                    Vector128.Narrow(low, high).StoreUnsafe(ref to, (nuint)last);
                    copied = rest.Length;
                }
            }
        }

        while (copied < rest.Length && rest[copied] is >= ' ' and < '\x7f' and not ('"' or '\\'))
        {
            plainBytes[copied] = (byte)rest[copied];
            copied++;
        }

        _length += copied;
        rest = rest[copied..];
        while (rest.Length > 0)
        {
            var plain = 0;
            while (plain < rest.Length && rest[plain] is >= ' ' and not ('"' or '\\'))
            {
                plain++;
            }

            Utf8(rest[..plain]);
            if (plain == rest.Length)
            {
                break;
            }

            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(Vector128<ushort> characters) => Vector128.LessThan(characters - Vector128.Create((ushort)' '), Vector128.Create((ushort)('\x7f' - ' '))) == Vector128<ushort>.AllBitsSet
        && (Vector128.Equals(characters, Vector128.Create((ushort)'"')) | Vector128.Equals(characters, Vector128.Create((ushort)'\\'))) == Vector128<ushort>.Zero;

    private void Separate()
    {
        if (!_first)
        {
            Raw(',');
        }

        _first = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Raw(char ascii)
    {
        if (_length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[_length++] = (byte)ascii;
    }

    private void Utf8(ReadOnlySpan<char> text) => _length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Grow(length);
        }

        return _bytes.AsSpan(_length);
    }

    private void Grow(int length)
    {
        const int Least = 4096;
        Array.Resize(ref _bytes, checked(Math.Max(Math.Max(_bytes.Length * 2, Least), _length + length)));
    }

    private void Escape(char c)
    {
        Raw('\\');
        switch (c)
        {
            case '"' or '\\':
                Raw(c);
                break;
            case '\n':
                Raw('n');
                break;
            case '\r':
                Raw('r');
                break;
            case '\t':
                Raw('t');
                break;
            case '\b':
                Raw('b');
                break;
            case '\f':
                Raw('f');
                break;
            default:
                Utf8(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture).Insert(0, "u"));
                break;
        }
    }
}
