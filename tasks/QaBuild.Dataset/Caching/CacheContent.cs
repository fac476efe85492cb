using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Caching;

/// <summary>What is to be kept for the next compile.</summary>
/// <param name="File">Where.</param>
/// <param name="Options">What it was made with.</param>
/// <param name="Started">When the compile began, UTC.</param>
/// <param name="Units">What was made, each with <see cref="QaUnit.Cached"/>, in ordinal order of the paths.</param>
internal sealed record CacheContent(string File, string Options, DateTime Started, IReadOnlyList<QaUnit> Units)
{
    /// <summary>Another build of the compiler may make other rows.</summary>
    public static string Identity { get; } = "QaBuild units " + typeof(CacheContent).Module.ModuleVersionId;

    /// <summary>Writes the file. A cache that cannot be written is no fault: the next compile reads everything.</summary>
    public void Write()
    {
        try
        {
            using var outputs = new OutputFiles();
            outputs.Stage(File, Write);
            outputs.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Slower next time, and right all the same.
        }
    }

    /// <summary>What stands behind a unit, to tell whether it is damaged.</summary>
    public static long Checksum(ReadOnlySpan<byte> unit) => (long)MurmurHash.Of(unit).Low;

    private void Write(Stream stream)
    {
        const int ChunkSize = 1 << 20;
        var writer = new ArrayBufferWriter<byte>(ChunkSize + (ChunkSize / 4));
        Text(writer, Identity);
        Text(writer, Options);
        Fixed(writer, Started.Ticks);
        Number(writer, Units.Count);
        var starts = new long[Units.Count];
        using var folder = new OpenFolder();
        var before = 0L;
        for (var i = 0; i < starts.Length; i++)
        {
            var start = writer.WrittenCount;
            starts[i] = before + start;
            Text(writer, Units[i].File.Relative);

            // A file that changed since it was read has a time after the compile's start, and such an entry does not hold.
            Fixed(writer, Units[i].File.TimeIn(folder));
            Unit(writer, Units[i].Cached!);
            Fixed(writer, Checksum(writer.WrittenSpan[start..]));
            if (writer.WrittenCount >= ChunkSize)
            {
                before += writer.WrittenCount;
                stream.Write(writer.WrittenSpan);
                writer.ResetWrittenCount();
            }
        }

        // Where each entry begins, so that several threads can read them.
        foreach (var start in starts)
        {
            Fixed(writer, start);
        }

        stream.Write(writer.WrittenSpan);
    }

    private static void Unit(ArrayBufferWriter<byte> writer, CachedUnit unit)
    {
        Number(writer, (long)unit.Level);
        Text(writer, unit.Related.Text);
        Number(writer, unit.Related.Line);
        Number(writer, unit.Related.Column);
        Number(writer, unit.Related.BodyLine);
        Analysis(writer, unit.Analysis);
        Number(writer, unit.Line);
        Number(writer, unit.Characters);
        Number(writer, unit.Json.Length);
        writer.Write(unit.Json.Span);
        Number(writer, unit.SignOffs.Length);
        foreach (var signOff in unit.SignOffs)
        {
            Text(writer, signOff.Reviewer);
            Text(writer, signOff.Date);
            Text(writer, signOff.Hash);
            Number(writer, (long)signOff.State);
            Number(writer, signOff.Line);
        }
    }

    private static void Analysis(ArrayBufferWriter<byte> writer, UnitAnalysis analysis)
    {
        Key(writer, analysis.Question);
        Number(writer, analysis.Answer is null ? 0 : 1);
        Key(writer, analysis.Answer ?? default);
        Number(writer, analysis.Traits.IsChinese ? 1 : 0);
        Number(writer, (long)analysis.Traits.Form);
        Number(writer, analysis.Traits.AnswerLength);
        Number(writer, analysis.Facts.IsChinese ? 1 : 0);
        Fixed(writer, (long)analysis.Facts.Opening);
        Fixed(writer, (long)analysis.Facts.Closing);
        Signature(writer, analysis.Signature);
        Signature(writer, analysis.PairSignature);
    }

    private static void Key(ArrayBufferWriter<byte> writer, TextKey key)
    {
        Fixed(writer, (long)key.High);
        Fixed(writer, (long)key.Low);
    }

    private static void Signature(ArrayBufferWriter<byte> writer, TextSignature? signature)
    {
        const int Length = sizeof(long);
        var span = writer.GetSpan(Length + (signature?.MostBytes ?? 0));
        var written = signature?.Write(span[Length..]) ?? 0;
        BinaryPrimitives.WriteInt64LittleEndian(span, written);
        writer.Advance(Length + written);
    }

    private static void Fixed(ArrayBufferWriter<byte> writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(sizeof(long)), value);
        writer.Advance(sizeof(long));
    }

    // Not below 0, and mostly small: seven bits a byte, the lowest first, and the eighth where more follow.
    private static void Number(ArrayBufferWriter<byte> writer, long value)
    {
        const int MostBytes = 9;
        var span = writer.GetSpan(MostBytes);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        writer.Advance(length);
    }

    private static void Text(ArrayBufferWriter<byte> writer, ReadOnlySpan<char> text)
    {
        Number(writer, text.Length * sizeof(char));
        writer.Write(MemoryMarshal.AsBytes(text));
    }
}
