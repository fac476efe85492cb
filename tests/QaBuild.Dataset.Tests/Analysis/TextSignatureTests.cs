using QaBuild.Dataset.Analysis.Similarity;

namespace QaBuild.Dataset.Tests.Analysis;

public class TextSignatureTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var text in SimilarTexts.Make(9, 200).Append("").Append("只有一个字"))
        {
            foreach (var signature in new[] { TextSignature.OfQuestion(text), TextSignature.OfPair(text, "An answer in VACUUM FULL to PostgreSQL 15. 不行。") })
            {
                var bytes = new byte[signature.MostBytes + 3];
                var written = signature.Write(bytes);
                var read = TextSignature.Read(bytes, out var length);
                Assert.Equal(written, length);
                Assert.True(read.HasContentOf(signature));
                Assert.Equal((signature.Weight, signature.Negated), (read.Weight, read.Negated));
                Assert.Equal(TextSimilarity.Of(signature, signature), TextSimilarity.Of(signature, read));
            }
        }
    }

    [Fact]
    public void Bytes_that_are_no_signature_are_refused()
    {
        var signature = TextSignature.OfQuestion("How do I move a table to another schema?");
        var bytes = new byte[signature.MostBytes];
        var length = signature.Write(bytes);
        for (var cut = 0; cut < length; cut++)
        {
            Assert.ThrowsAny<ArgumentException>(() => TextSignature.Read(bytes.AsSpan(0, cut), out _));
        }

        Assert.ThrowsAny<ArgumentException>(() => TextSignature.Read([0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0], out _));
    }

    [Fact]
    public void A_text_of_four_megabytes_has_a_small_signature()
    {
        var random = new Random(1);
        foreach (var text in new[]
                 {
                     new string('a', 4 << 20), new string('不', 4 << 20), new string('\ud83d', 4 << 20), new string('`', 4 << 20), new string('1', 4 << 20), new string('\ufdfa', 4 << 20), new string('=', 4 << 20),
                     new string('九', 4 << 20), string.Concat(Enumerable.Range(0, 1 << 20).Select(_ => "ab 万")), new([.. Enumerable.Range(0, 4 << 20).Select(_ => (char)random.Next(0x10000))]),
                 })
        {
            Assert.InRange(TextSignature.OfQuestion(text).MostBytes, 1, 1 << 19);
            Assert.InRange(TextSignature.OfPair(text, text).MostBytes, 1, 1 << 20);
        }
    }

    [Fact]
    public void Words_of_any_length_and_ending_are_read()
    {
        foreach (var length in Enumerable.Range(1, 140))
        {
            foreach (var ending in new[] { "", "#", "++", "'t", "n't", "'s", "1", ".5", ",000", "_", "`", "不", "第" })
            {
                var text = new string('n', length) + ending;
                Assert.NotEqual(0, TextSignature.OfQuestion(text).Weight);
                Assert.NotEqual(0, TextSignature.OfPair(text, new string('9', length) + ending).Weight);
            }
        }
    }

    [Fact]
    public void A_signature_does_not_depend_on_the_texts_before_it()
    {
        var texts = SimilarTexts.Make(10, 100);
        var alone = texts.Select(t => new FeatureScanner(grams: true).Scan(t)).ToArray();
        var together = texts.Select(t => TextSignature.OfQuestion(t)).ToArray();
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(alone[i].HasContentOf(together[i]));
        }
    }
}
