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
    private readonly CachedUnit[] _units; // in ordinal order of their paths
    private readonly long _started;
    private readonly SourceReader _reader;
    private readonly Func<SourceFile, UnitText> _readText;

    private UnitCache(CachedUnit[] units, long started, SourceReader reader, Func<SourceFile, UnitText> readText) =>
        (_units, _started, _reader, _readText) = (units, started, reader, readText);

    /// <summary>The cache, or null when there is none, it was made with other options or by another compiler, or cannot be read.</summary>
    public static UnitCache? Read(string path, string key, SourceReader reader, Func<SourceFile, UnitText> readText)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllBytes(path), key, reader, readText) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or OverflowException or AggregateException)
        {
            return null;
        }
    }

    /// <summary>The unit of a file that has not changed since, or null.</summary>
    public ParsedSource? Find(SourceFile file)
    {
        if (At(file.RelativePath) is not { } cached || cached.Time >= _started || !_reader.Unchanged(file, cached.Time, _started))
        {
            return null;
        }

        return new ParsedSource(file, cached.ToUnit(file, _readText), cached.Related);
    }

    private static UnitCache? Parse(byte[] bytes, string key, SourceReader sources, Func<SourceFile, UnitText> readText)
    {
        var reader = new CacheReader(bytes, 0);
        if (reader.Text() != CacheContent.Identity || reader.Text() != key)
        {
            return null;
        }

        var started = reader.Number();
        var units = new CachedUnit[checked((int)Math.Min(reader.Number(), bytes.Length / sizeof(long)))];
        var starts = bytes.Length - (units.Length * sizeof(long));
        Chunks.For(units.Length, new ParallelOptions { TaskScheduler = TaskScheduler.Default }, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var start = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(starts + (i * sizeof(long))));
                units[i] = new CacheReader(bytes, checked((int)start)).Unit();
            }
        });
        return new UnitCache(units, started, sources, readText);
    }

    private CachedUnit? At(string path)
    {
        for (int from = 0, to = _units.Length - 1; from <= to;)
        {
            var middle = (from + to) / 2;
            var order = string.CompareOrdinal(_units[middle].Path, path);
            if (order == 0)
            {
                return _units[middle];
            }

            (from, to) = order < 0 ? (middle + 1, to) : (from, middle - 1);
        }

        return null;
    }

    private ref struct CacheReader(byte[] bytes, int start)
    {
        private int _at = start;

        public long Number()
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(_at));
            _at += sizeof(long);
            return value;
        }

        public string Text()
        {
            var length = Length();
            var text = length == 0 ? "" : MemoryMarshal.Cast<byte, char>(bytes.AsSpan(_at, length)).ToString();
            _at += length;
            return text;
        }

        public CachedUnit Unit() => new(
            Text(), Number(), (Level)Number(), new SectionText(Text(), (int)Number(), (int)Number(), (int)Number()),
            Analysis(), (int)Number(), (int)Number(), Bytes(), SignOffs()) { IsKept = true };

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
                signOffs.Add(new SignOff(Text(), Text(), Text(), (SignOffState)Number(), (int)Number()));
            }

            return signOffs.ToImmutable();
        }

        private UnitAnalysis Analysis() => new(
            Key(), Number() != 0 ? Key() : NoKey(), new UnitTraits(Number() != 0, (QuestionForm)Number(), (int)Number()),
            new AnswerFacts((int)Number(), Number() != 0, (ulong)Number(), (ulong)Number()), Signature(), Signature());

        private TextKey Key() => new((ulong)Number(), (ulong)Number());

        private TextKey? NoKey()
        {
            Key();
            return null;
        }

        private TextSignature? Signature()
        {
            var span = Bytes().Span;
            return span.IsEmpty ? null : TextSignature.Read(span, out _);
        }

        private ReadOnlyMemory<byte> Bytes()
        {
            var length = Length();
            var memory = bytes.AsMemory(_at, length);
            _at += length;
            return memory;
        }

        private int Length() => checked((int)Number());
    }
}
