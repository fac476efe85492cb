using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using QaBuild.Dataset.Analysis;
using QaBuild.Dataset.Analysis.Contamination;
using QaBuild.Dataset.Analysis.Content;
using QaBuild.Dataset.Emission;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Sources;

namespace QaBuild.Dataset.Caching;

/// <summary>
/// Does for a unit, while its text is at hand, all that depends on no other source: what comes of it is smaller than the text and can be kept for the
/// next compile. Units with front matter, or with what a check would object to, go the long way through the stages.
/// </summary>
internal sealed class UnitCompiler(RowBuilder rows, SpecialTokens special, ContentChecks content, BenchmarkSet? benchmarks, bool similar, Func<SourceFile, UnitText> readText) : IDisposable
{
    private readonly RowTemplate? _template = rows.Template();
    private readonly ThreadLocal<JsonLine> _line = new(() => new JsonLine());
    private readonly ThreadLocal<PlainWork> _plain = new(() => new PlainWork());

    private static SectionSpellings Spellings { get; } = new(Vocabulary.Default);

    /// <summary>The unit of a file of the usual shape, or null: such a file is for the parser.</summary>
    public ParsedSource? Compile(SourceFile file, ReadOnlySpan<byte> bytes)
    {
        var work = _plain.Value!;
        var source = work.Source;
        if (_template is null || !source.Read(bytes))
        {
            return null;
        }

        var question = source.TextOf(bytes, Section.Question);
        var answer = source.TextOf(bytes, Section.Answer);
        if (!QaParser.AgreesSurely(file, source, bytes) || !special.IsAbsent(question, answer) || !Nesting.IsSurelyShallow(question) || !Nesting.IsSurelyShallow(answer))
        {
            return null;
        }

        MarkedText asked = new(work.Question.Decode(question)), answered = new(work.Answer.Decode(answer));
        if (!content.IsClean(asked, answered) || benchmarks?.IsAbsent(asked.Text.ToString(), answered.Text.ToString()) == false)
        {
            return null;
        }

        var cached = new CachedUnit(
            Levels.OfLetter(source.TextOf(bytes, Section.Level)[0]), work.Related(bytes), UnitAnalysis.Of(asked, answered, similar),
            source.LineOf(Section.Question), _template.Characters + CharacterCount(question) + CharacterCount(answer), work.Row(_template, question, answer),
            SignOff.AreIn(source.TextOf(bytes, Section.Proofreading)) ? SignOffs(source, bytes, asked.Text.ToString(), answered.Text.ToString(), work.Related(bytes)) : []);
        return new ParsedSource(file, cached.ToUnit(file, readText), cached.Related);
    }

    public ParsedSource Compile(ParsedSource source)
    {
        if (source.Unit is not { } unit || unit.FrontMatter != FrontMatter.Empty || !special.IsAbsent(unit) || !Nesting.IsShallow(unit.Question.Text) || !Nesting.IsShallow(unit.Answer.Text))
        {
            return source;
        }

        MarkedText asked = new(unit.Question.Text), answered = new(unit.Answer.Text);
        if (!content.IsClean(asked, answered) || benchmarks?.IsAbsent(unit.Question.Text, unit.Answer.Text) == false)
        {
            return source;
        }

        var (json, characters) = rows.RowOf(unit, _line.Value!);
        var cached = new CachedUnit(
            unit.Level, unit.Related, UnitAnalysis.Of(asked, answered, similar),
            unit.Question.Line, characters, json, unit.SignOffs);
        return source with { Unit = cached.ToUnit(unit.File, readText) };
    }

    public void Dispose()
    {
        _line.Dispose();
        _plain.Dispose();
    }

    private static ImmutableArray<SignOff> SignOffs(PlainSource source, ReadOnlySpan<byte> bytes, string question, string answer, SectionText related)
    {
        var proofreading = new SectionText(Encoding.UTF8.GetString(source.TextOf(bytes, Section.Proofreading)), source.LineOf(Section.Proofreading), 1, source.BodyLineOf(Section.Proofreading));
        return SignOff.In(proofreading, () => ReviewHash.Of(question, answer, FrontMatter.Empty, related)).RemoveAll(s => s.State == SignOffState.Unbound);
    }

    private static int CharacterCount(ReadOnlySpan<byte> text)
    {
        // What goes on with a character is 80 to BF, as signed numbers below -64.
        const sbyte FirstOther = -64;
        var (continuing, at) = (0, 0);
        ref var first = ref MemoryMarshal.GetReference(text);
        for (; text.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            continuing += BitOperations.PopCount(Vector128.LessThan(Vector128.LoadUnsafe(ref first, (nuint)at).AsSByte(), Vector128.Create(FirstOther)).ExtractMostSignificantBits());
        }

        for (; at < text.Length; at++)
        {
            continuing += (sbyte)text[at] < FirstOther ? 1 : 0;
        }

        return text.Length - continuing;
    }

    /// <summary>What a thread uses again for each file.</summary>
    private sealed class PlainWork
    {
        // Smaller than what the garbage collector takes for large, and large enough for a hundred rows.
        private const int BlockSize = 64 << 10;
        private byte[] _block = [];
        private int _used;
        private SectionText _related = new("", 0, 0, 0);

        public PlainSource Source { get; } = new(Spellings);

        public Decoder Question { get; } = new();

        public Decoder Answer { get; } = new();

        // Most files say the same here, at the same line.
        public SectionText Related(ReadOnlySpan<byte> bytes)
        {
            var text = Source.TextOf(bytes, Section.Related);
            var (line, bodyLine) = (Source.LineOf(Section.Related), Source.BodyLineOf(Section.Related));
            var same = text.Length == _related.Text.Length && Ascii.Equals(text, _related.Text);
            if (!same || line != _related.Line || bodyLine != _related.BodyLine)
            {
                _related = new SectionText(same ? _related.Text : Encoding.UTF8.GetString(text), line, 1, bodyLine);
            }

            return _related;
        }

        public ReadOnlyMemory<byte> Row(RowTemplate template, ReadOnlySpan<byte> question, ReadOnlySpan<byte> answer)
        {
            var most = template.MostBytes(question, answer);
            if (_block.Length - _used < most)
            {
                (_block, _used) = (GC.AllocateUninitializedArray<byte>(Math.Max(BlockSize, most)), 0);
            }

            var length = template.Fill(question, answer, _block.AsSpan(_used));
            _used += length;
            return _block.AsMemory(_used - length, length);
        }
    }

    /// <summary>Makes characters of UTF-8, in the same place each time.</summary>
    private sealed class Decoder
    {
        private char[] _characters = new char[2048];

        public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> text)
        {
            if (_characters.Length < text.Length)
            {
                _characters = new char[text.Length];
            }

            return _characters.AsSpan(0, Encoding.UTF8.GetChars(text, _characters));
        }
    }
}
