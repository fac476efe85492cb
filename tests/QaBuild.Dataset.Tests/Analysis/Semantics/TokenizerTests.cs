using QaBuild.Dataset.Analysis.Semantics.Tokens;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

public sealed class TokenizerTests
{
    private const string None = "null";

    [Theory]
    [InlineData("unwanted", "un ##want ##ed")]
    [InlineData("UNWANTED Wanted", "un ##want ##ed want ##ed")]
    [InlineData("wanting", "")]
    [InlineData("wanting want", "want")]
    [InlineData("Wánt\u0301ed!", "want ##ed !")]
    [InlineData("want,un", "want , un")]
    [InlineData("un\u200bwant\0ed\ufffd", "un ##want ##ed")]
    [InlineData("un\twant\r\nun", "un want un")]
    [InlineData("un表want", "un 表 want")]
    [InlineData("表索", "表")]
    [InlineData("", "")]
    [InlineData("\ud800 un \udc00", "un")]
    public void WordPiece_takes_the_longest_piece_that_fits_and_drops_unknown_words(string text, string pieces) =>
        Assert.Equal(pieces, Pieces(TinyModel.WordPiece("un", "##want", "want", "##ed", "##w", "!", ",", "表"), text, "[UNK] un ##want want ##ed ##w ! , 表"));

    [Fact]
    public void A_word_longer_than_the_model_takes_is_unknown()
    {
        var tokenizer = TinyModel.WordPiece("a", "##a", "b");

        Assert.Equal(101, Tokens(tokenizer, new string('a', 100) + " b").Length);
        Assert.Single(Tokens(tokenizer, new string('a', 101) + " b"));
    }

    [Theory]
    [InlineData("abcd", "abcd")]
    [InlineData("abcde", "abcd e")]
    [InlineData("xe", "e")]
    [InlineData("exxe", "e e")]
    [InlineData("xx", "")]
    [InlineData("ｅ", "e")]
    [InlineData("e\u3000 e", "e e")]
    public void Unigram_takes_the_most_probable_cut_and_drops_what_is_unknown(string text, string pieces) =>
        Assert.Equal(pieces, Pieces(TinyModel.Unigram(("▁", -9), ("ab", -1), ("abc", -1.5), ("abcd", -2), ("cd", -1.5), ("e", -3)), text, "<unk> ▁ ab abc abcd cd e").Replace("▁ ", "", StringComparison.Ordinal).Replace("▁", "", StringComparison.Ordinal).Trim());

    [Fact]
    public void Unigram_prefers_two_probable_pieces_to_an_improbable_one() =>
        Assert.Equal("▁ ab cd", Pieces(TinyModel.Unigram(("▁", -1), ("ab", -1), ("abcd", -9), ("cd", -1)), "abcd", "<unk> ▁ ab abcd cd"));

    [Theory]
    [InlineData("""{"type":"Lowercase"}""", "AB", "ab")]
    [InlineData("""{"type":"NFKC"}""", "ａｂ", "ab")]
    [InlineData("""{"type":"NFKC"}""", "\ud800ａｂ", "")]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]}""", "áb", "ab")]
    [InlineData("""{"type":"Replace","pattern":{"String":"-"},"content":""}""", "a-b", "ab")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"x+"},"content":"a"}""", "xxxb", "ab")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":true}""", " ab ", "ab")]
    [InlineData("""{"type":"Prepend","prepend":"a"}""", "b", "ab")]
    [InlineData("""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":false,"lowercase":true}""", "ÁB", "")]
    public void A_normaliser_does_what_its_name_says(string normalizer, string text, string pieces) =>
        Assert.Equal(pieces, Pieces(TinyModel.Tokenizer(normalizer, None, "ab"), text, "[UNK] ab"));

    [Theory]
    [InlineData("""{"type":"Whitespace"}""", "a..b", "a .. b")]
    [InlineData("""{"type":"BertPreTokenizer"}""", "a..b", "a . . b")]
    [InlineData("""{"type":"WhitespaceSplit"}""", "a b.a", "a")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation"}]}""", "a b.a", "a b . a")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", "c c", "▁c ▁c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", "a c", "a ▁c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", "c c", "▁c ▁c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""", "c c", "▁c▁c")]
    public void A_splitter_cuts_where_its_name_says(string splitter, string text, string pieces) =>
        Assert.Equal(pieces, Pieces(TinyModel.Tokenizer(None, splitter, "a", "b", ".", "..", "▁c", "▁c▁c"), text, "[UNK] a b . .. ▁c ▁c▁c"));

    [Theory]
    [InlineData("""{"type":"Nmt"}""", None, "'normalizer' of tokenizer.json is 'Nmt'; read are: Sequence, BertNormalizer")]
    [InlineData(None, """{"type":"ByteLevel"}""", "'pre_tokenizer' of tokenizer.json is 'ByteLevel'; read are: Sequence, BertPreTokenizer")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"(a)\\1"},"content":""}""", None, "does not have the shape of its format")]
    public void What_is_not_supported_is_named_beside_what_is(string normalizer, string splitter, string message)
    {
        using var model = TinyModel.Folder(TinyModel.Table([0, 0], [0, 1]), TinyModel.Tokenizer(normalizer, splitter, "a"));

        Assert.Contains(message, Opened.Message(model), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_megabytes_takes_as_many_tokens_as_the_model_reads()
    {
        var text = string.Concat(Enumerable.Repeat("a表́ ", 1 << 20));

        Assert.Equal(512, Tokens(TinyModel.WordPiece("a", "表"), text, 512).Length);
        Assert.Equal(512, Tokens(TinyModel.Unigram(("a", -1), ("▁", -1), ("表", -2)), text, 512).Length);
    }

    private static string Pieces(byte[] tokenizer, string text, string vocabulary)
    {
        var names = vocabulary.Split(' ');
        return string.Join(' ', Tokens(tokenizer, text).Select(id => names[id]));
    }

    private static int[] Tokens(byte[] tokenizer, string text, int most = 4096)
    {
        var ids = new int[most];
        return ids[..TokenizerReader.Read(tokenizer, 1000).Tokenize(text, ids, out _)];
    }
}
