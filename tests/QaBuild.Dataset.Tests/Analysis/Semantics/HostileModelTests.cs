using System.Text;
using QaBuild.Dataset.Analysis.Semantics;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

/// <summary>Mutated models: whatever a folder holds, it is a model or it is refused, always the same way and without taking memory that the files do not.</summary>
public sealed class HostileModelTests
{
    private const int Mutants = 10_000;
    private const string Text = "Un表wanted ab, [UNK] \ud800 ﬁ 12! \u0301";

    private static readonly byte[] Table = TinyModel.Safetensors(
        ("embeddings", "F16", [4, 3], [.. Enumerable.Range(1, 24).Select(b => (byte)b)]), ("mapping", "I32", [9], [.. new[] { 0, 1, 2, 3, 0, 1, 2, 3, 0 }.SelectMany(BitConverter.GetBytes)]), ("weights", "F32", [9], TinyModel.Bytes([1, 2, 3, 4, 5, 6, 7, 8, 9])));

    private static readonly byte[][] Tokenizers =
    [
        TinyModel.WordPiece("un", "##want", "want", "##ed", "##w", "!", ",", "表"),
        TinyModel.Unigram(("▁", -9), ("ab", -1), ("abc", -1.5), ("abcd", -2), ("cd", -1.5), ("e", -3)),
        TinyModel.Tokenizer(
            """{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaa"},{"type":"Replace","pattern":{"Regex":"[a-z]+"},"content":" b "},{"type":"Strip"},{"type":"StripAccents"},{"type":"Prepend","prepend":"_"}]}""",
            """{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Punctuation"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}""", "a", "b", "▁c", "."),
    ];

    private static readonly byte[][] Splices = [.. new[]
    {
        "null", "true", "-1", "0", "9999999999", "1e400", "NaN", "\"\"", "\"\\ud800\"", "[", "]", "{", "}", ",", ":", "[[]]", "{\"type\":\"Sequence\",\"normalizers\":[", "\"(a+)+$\"", "\"a{9999}\"", "\"(?=a)\"", "[0,0]", "[0,18446744073709551615]",
        "\"F64\"", "\"I8\"", "\"F32\"", "\"shape\":[2147483647,2147483647]", "\"data_offsets\":[0,0]", "\"Unigram\"", "\"WordPiece\"", "\"Metaspace\"", "▁", "\0", "\u00ff", "-", "1",
    }.Select(Encoding.UTF8.GetBytes)];

    [Fact]
    public void Whatever_a_folder_holds_it_is_a_model_or_refused_and_always_the_same()
    {
        var usable = 0;
        Parallel.For(0, Mutants, seed =>
        {
            var random = new Random(seed);
            var tokenizer = Tokenizers[random.Next(Tokenizers.Length)];
            var (table, config) = (Table, Encoding.UTF8.GetBytes(TinyModel.Config));
            switch (random.Next(8))
            {
                case 0:
                    config = Mutated(config, random);
                    break;
                case < 4:
                    table = Mutated(table, random);
                    break;
                default:
                    tokenizer = Mutated(tokenizer, random);
                    break;
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var first = Outcome(table, tokenizer, config, seed);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 32 << 20, $"seed {seed} took {allocated} bytes");
            Assert.Equal(first, Outcome(table, tokenizer, config, seed));
            Interlocked.Add(ref usable, first.StartsWith('[') ? 1 : 0);
        });

        Assert.InRange(usable, Mutants / 20, Mutants * 19 / 20);
    }

    private static string Outcome(byte[] table, byte[] tokenizer, byte[] config, int seed)
    {
        try
        {
            return $"[{string.Join(' ', StaticModelFolder.Parse(table, tokenizer, config).Embed(Text))}]";
        }
        catch (UnusableModelException e)
        {
            return $"{e.Reason.Name} {string.Join(' ', e.Reason.Arguments)}";
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {Convert.ToBase64String(table)} {Convert.ToBase64String(tokenizer)} {Convert.ToBase64String(config)}", e);
        }
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        var bytes = new List<byte>(good);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                case 3 when at + 8 <= bytes.Count:
                    BitConverter.GetBytes(random.NextInt64()).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes)[at..]);
                    break;
                case 4:
                    bytes.InsertRange(at, Enumerable.Repeat(Splices[random.Next(Splices.Length)], random.Next(10) == 0 ? 3000 : 1).SelectMany(b => b));
                    break;
                default:
                    var splice = Splices[random.Next(Splices.Length)];
                    bytes.RemoveRange(at, Math.Min(splice.Length, bytes.Count - at));
                    bytes.InsertRange(at, splice);
                    break;
            }
        }

        return [.. bytes];
    }
}
