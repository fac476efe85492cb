using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Tests;

namespace QaBuild.Dataset.Tests.Analysis.Semantics;

/// <summary>A model of a few words with two or three dimensions, so that a test can say what a vector must be.</summary>
internal static class TinyModel
{
    public const string Config = """{"model_type":"model2vec","normalize":true}""";

    private const string Bert = """
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"}
        """;

    /// <summary>A WordPiece tokenizer of these pieces, [UNK] before them.</summary>
    public static byte[] WordPiece(params string[] pieces) => Encoding.UTF8.GetBytes(
        $$$"""{{{{Bert}}},"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{{{Vocabulary(["[UNK]", .. pieces])}}}}}""");

    /// <summary>A Unigram tokenizer of these pieces, &lt;unk&gt; before them.</summary>
    public static byte[] Unigram(params (string Piece, double Score)[] pieces) => Encoding.UTF8.GetBytes(
        """{"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":""},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"model":{"type":"Unigram","unk_id":0,"vocab":"""
        + JsonSerializer.Serialize(pieces.Prepend(("<unk>", 0)).Select(p => new object[] { p.Item1, p.Item2 })) + "}}");

    /// <summary>A tokenizer with these steps around a WordPiece model.</summary>
    public static byte[] Tokenizer(string normalizer, string splitter, params string[] pieces) => Encoding.UTF8.GetBytes(
        $$$"""{"normalizer":{{{normalizer}}},"pre_tokenizer":{{{splitter}}},"model":{"type":"WordPiece","vocab":{{{Vocabulary(["[UNK]", .. pieces])}}}}}""");

    /// <summary>A safetensors file.</summary>
    public static byte[] Safetensors(params (string Name, string Type, int[] Shape, byte[] Data)[] tensors)
    {
        var at = 0;
        var entries = tensors.Select(t => $"{JsonSerializer.Serialize(t.Name)}:{{\"dtype\":\"{t.Type}\",\"shape\":[{string.Join(',', t.Shape)}],\"data_offsets\":[{at},{at += t.Data.Length}]}}").ToArray();
        return Safetensors($"{{{string.Join(',', entries)}}}", [.. tensors.SelectMany(t => t.Data)]);
    }

    /// <summary>A file with this header and data.</summary>
    public static byte[] Safetensors(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    /// <summary>A table of float rows.</summary>
    public static byte[] Table(params float[][] rows) => Safetensors(("embeddings", "F32", [rows.Length, rows[0].Length], Bytes(rows.SelectMany(r => r))));

    public static byte[] Bytes(IEnumerable<float> numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    /// <summary>The vector of a text.</summary>
    public static float[] Embed(this IEmbedder embedder, string text)
    {
        var vector = new float[embedder.Dimensions];
        embedder.Embed(text, vector);
        return vector;
    }

    /// <summary>Writes a model's files.</summary>
    public static TemporaryFolder Folder(byte[] table, byte[] tokenizer, string config = Config)
    {
        var folder = new TemporaryFolder("model");
        File.WriteAllBytes(Path.Combine(folder.Path, "model.safetensors"), table);
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.json"), tokenizer);
        folder.Write("config.json", config);
        return folder;
    }

    private static string Vocabulary(string[] pieces) => $"{{{string.Join(',', pieces.Select((p, i) => $"{JsonSerializer.Serialize(p)}:{i}"))}}}";
}
