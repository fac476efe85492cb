using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Caching;

/// <summary>
/// What the last compile made of each source. An entry holds as long as the file's time does, as for MSBuild itself; a file that changed
/// while that compile ran has a time after its start and is read again. Reading all files to compare their content would take longer than all the rest.
/// </summary>
internal sealed class UnitCache
{
    private readonly byte[] _bytes;
    private readonly int _count;
    private readonly int _starts; // where it stands where each unit begins, in ordinal order of their paths
    private readonly long _started;
    private readonly SourceReader _reader;
    private readonly Func<SourceFile, UnitText> _readText;

    private UnitCache(byte[] bytes, int count, long started, SourceReader reader, Func<SourceFile, UnitText> readText) =>
        (_bytes, _count, _starts, _started, _reader, _readText) = (bytes, count, bytes.Length - (count * sizeof(long)), started, reader, readText);

    /// <summary>The cache, or null when there is none, it was made with other options or by another compiler, or cannot be read.</summary>
    public static UnitCache? Read(string path, string key, SourceReader reader, Func<SourceFile, UnitText> readText)
    {
        try
        {
            return File.Exists(path) ? Parse(ReadAllBytes(path), key, reader, readText) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or OverflowException or AggregateException)
        {
            return null;
        }
    }

    /// <summary>The unit of a file that has not changed since, or null.</summary>
    /// <param name="file">The file.</param>
    /// <param name="near">Where among all files it stands: mostly that is where it stands here.</param>
    public ParsedSource? Find(SourceFile file, int near)
    {
        try
        {
            if (At(file, near) is not { } start)
            {
                return null;
            }

            var entry = new CacheReader(_bytes, start);
            var time = entry.Time();
            if (time >= _started || !_reader.Unchanged(file, time, _started))
            {
                return null;
            }

            var cached = entry.Unit();
            if (!entry.IsIntact())
            {
                return null;
            }

            return new ParsedSource(file, cached.ToUnit(file, _readText), cached.Related);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            return null; // damaged: made again
        }
    }

    private static UnitCache? Parse(byte[] bytes, string key, SourceReader sources, Func<SourceFile, UnitText> readText)
    {
        var reader = new CacheReader(bytes, 0);
        if (!reader.Text().SequenceEqual(CacheContent.Identity) || !reader.Text().SequenceEqual(key))
        {
            return null;
        }

        var started = reader.Fixed();
        return new UnitCache(bytes, checked((int)Math.Min(reader.Number(), bytes.Length / sizeof(long))), started, sources, readText);
    }

    // The memory is new, and giving it out page by page takes the system longer than the reading: each thread gets some.
    private static byte[] ReadAllBytes(string path)
    {
        const int Block = 2 << 20;
        using var file = File.OpenHandle(path);
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)RandomAccess.GetLength(file)));
        MemoryPages.Enlarge(bytes);
        Chunks.Each((bytes.Length + Block - 1) / Block, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, block =>
        {
            var to = Math.Min(bytes.Length, (block + 1) * Block);
            for (int at = block * Block, read; at < to; at += read)
            {
                read = RandomAccess.Read(file, bytes.AsSpan(at, to - at), at);
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }
            }
        });
        return bytes;
    }

    private int? At(SourceFile file, int near) => SortedPaths.Find(_count, near, new EntryOrder(this, file)) is var found and >= 0 ? Start(found) : null;

    private int Start(int unit) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(_starts + (unit * sizeof(long)))));

    private readonly struct EntryOrder(UnitCache cache, SourceFile file) : IPathOrder
    {
        public int Compare(int place) => new CacheReader(cache._bytes, cache.Start(place)).Text().SequenceCompareTo(file.Relative);
    }

    private ref struct CacheReader(byte[] bytes, int start)
    {
        private readonly int _start = start;
        private int _at = start;

        public long Fixed()
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(_at));
            _at += sizeof(long);
            return value;
        }

        public long Number()
        {
            var value = 0L;
            for (var shift = 0; ; shift += 7)
            {
                var part = bytes.AsSpan(_at++, 1)[0];
                value |= (long)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }

                if (shift > 56)
                {
                    throw new OverflowException(); // damaged
                }
            }
        }

        public ReadOnlySpan<char> Text()
        {
            var length = Length();
            var text = MemoryMarshal.Cast<byte, char>(bytes.AsSpan(_at, length));
            _at += length;
            return text;
        }

        /// <summary>What is needed to know whether the rest still holds; it comes first.</summary>
        public long Time()
        {
            Text();
            return Fixed();
        }

        public CachedUnit Unit() => new(
            (Level)Number(), new SectionText(Related(), (int)Number(), (int)Number(), (int)Number()),
            Analysis(), (int)Number(), (int)Number(), Bytes(Number()), SignOffs()) { IsKept = true };

        /// <summary>After all was read: whether it is what was written.</summary>
        public bool IsIntact() => CacheContent.Checksum(bytes.AsSpan(_start.._at)) == Fixed();

        // What most say takes no string each.
        private string Related() => Text() is var text && text is "无" ? "无" : text.ToString();

        private ImmutableArray<SignOff> SignOffs()
        {
            var count = Length();
            if (count == 0)
            {
                return [];
            }

            var signOffs = ImmutableArray.CreateBuilder<SignOff>();
            for (var i = 0; i < count; i++)
            {
                signOffs.Add(new SignOff(Text().ToString(), Text().ToString(), Text().ToString(), (SignOffState)Number(), (int)Number()));
            }

            return signOffs.ToImmutable();
        }

        private UnitAnalysis Analysis() => new(
            Key(), Number() != 0 ? Key() : NoKey(), new UnitTraits(Number() != 0, (QuestionForm)Number(), (int)Number()),
            new AnswerFacts(Number() != 0, (ulong)Fixed(), (ulong)Fixed()), Signature(), Signature());

        private TextKey Key() => new((ulong)Fixed(), (ulong)Fixed());

        private TextKey? NoKey()
        {
            Key();
            return null;
        }

        private TextSignature? Signature()
        {
            var span = Bytes(Fixed()).Span;
            return span.IsEmpty ? null : TextSignature.Read(span, out _);
        }

        private ReadOnlyMemory<byte> Bytes(long size)
        {
            var length = checked((int)size);
            var memory = bytes.AsMemory(_at, length);
            _at += length;
            return memory;
        }

        private int Length() => checked((int)Number());
    }
}
