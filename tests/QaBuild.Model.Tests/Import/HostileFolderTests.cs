using System.Buffers.Binary;
using System.Text;
using QaBuild.Model.Import;
using QaBuild.Model.Tests.Gguf;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Import;

/// <summary>Folders that were damaged at random: each imports, or is a finding; none throws anything else.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private const int Mutations = 3000;

    private static readonly string[] Values =
    [
        "null", "0", "-1", "1e999", "-0.0", "1e-320", "9223372036854775808", "2147483648", "16777216", "1048577", "true", "\"\"", "\"\\ud800\"", "[]", "{}", "[[[[[[]]]]]]", "\"a b c\"", "{\"content\":1}",
        "{\"type\":\"Split\"}", "{\"type\":\"Sequence\",\"pretokenizers\":[]}", "{\"type\":\"Sequence\",\"pretokenizers\":[1,null]}",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config.json", 1)]
    [InlineData("tokenizer.json", 2)]
    [InlineData("tokenizer_config.json", 3)]
    [InlineData("generation_config.json", 4)]
    public void A_mutated_JSON_file_of_a_folder_is_read_or_refused(string name, int seed)
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM", RopeScaling = """{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":16}""" }
            .WriteTo(_folder.Path);
        Write("generation_config.json", """{"bos_token_id": 256, "eos_token_id": [256, 257], "pad_token_id": 257}""");
        Write("tokenizer_config.json", """
            {"bos_token": null, "eos_token": {"content": "<|endoftext|>"}, "add_bos_token": false, "chat_template": [{"name": "default", "template": "{{ x }}"}, {"name": "tools", "template": "{{ y }}"}],
             "added_tokens_decoder": {"256": {"content": "<|endoftext|>", "special": true}}}
            """);
        Mutate(name, seed, Mutations, JsonMutated);
    }

    [Theory]
    [InlineData("sp.json", 5)]
    [InlineData("sp.model", 6)]
    public void A_mutated_SentencePiece_tokenizer_is_read_or_refused(string kind, int seed)
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(_folder.Path);
        File.Delete(Path.Combine(_folder.Path, "model.safetensors"));
        File.Delete(Path.Combine(_folder.Path, "tokenizer.json"));
        if (kind == "sp.model")
        {
            File.WriteAllBytes(Path.Combine(_folder.Path, "tokenizer.model"), SentencePieceFile.Write([("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("<0x41>", 0, 6), ("▁a", -1, 1), ("▁", -2, 1), ("a", -3, 1)]));
            Mutate("tokenizer.model", seed, Mutations, Mutation.Of);
            return;
        }

        Write("tokenizer.json", """
            {"added_tokens": [{"id": 0, "content": "<unk>", "special": true}], "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>", "vocab": {"<unk>": 0, "<0x41>": 1, "▁a": 2, "▁": 3, "a": 4, "▁aa": 5}, "merges": [["▁", "a"], "▁a a"]}}
            """);
        Mutate("tokenizer.json", seed, Mutations, JsonMutated);
    }

    [Fact]
    public void A_mutated_adapter_configuration_is_read_or_refused()
    {
        new RandomHfFolder { Architecture = "LlamaForCausalLM" }.WriteTo(_folder.Path);
        Write("adapter_config.json", """{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "use_rslora": true, "bias": "none", "alpha_pattern": {"q_proj": 3}, "lora_parameters": {"scale": 2.0}, "modules_to_save": null}""");
        var writer = new SafetensorsWriter();
        RandomHfFolder.Add(writer, "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", QaBuild.Model.Gguf.GgmlType.F32, [2, 32], new float[64]);
        RandomHfFolder.Add(writer, "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", QaBuild.Model.Gguf.GgmlType.F32, [32, 2], new float[64]);
        writer.WriteTo(Path.Combine(_folder.Path, "adapter_model.safetensors"));
        Mutate("adapter_config.json", 7, Mutations / 3, JsonMutated, output => HfImport.ImportAdapter(_folder.Path, _folder.Path, output));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);

    private void Mutate(string name, int seed, int times, Func<byte[], Random, byte[]> mutated, Action<string>? import = null)
    {
        import ??= output => HfImport.ImportVocabulary(_folder.Path, output);
        var path = Path.Combine(_folder.Path, name);
        var output = Path.Combine(_folder.Path, "out.gguf");
        var good = File.ReadAllBytes(path);
        import(output);
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < times; i++)
        {
            var bytes = mutated(good, random);
            File.WriteAllBytes(path, bytes);
            try
            {
                import(output);
            }
            catch (ModelFaultException)
            {
                refused++;
            }
#pragma warning disable CA1031 // which it was is what the test says
            catch (Exception e)
#pragma warning restore CA1031
            {
                Assert.Fail($"mutation {i} of seed {seed}: {e}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }

        Assert.InRange(refused, times / 10, times - 1);
    }

    // A value for another, or bytes as they come.
    private static byte[] JsonMutated(byte[] good, Random random)
    {
        if (random.Next(4) == 0)
        {
            return Mutation.Of(good, random);
        }

        var text = Encoding.UTF8.GetString(good);
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            var starts = new List<int>();
            for (var i = 1; i < text.Length; i++)
            {
                if (text[i - 1] is ':' or '[' or ',' or ' ' && text[i] is not (' ' or ':' or ',' or ']' or '}'))
                {
                    starts.Add(i);
                }
            }

            if (starts.Count == 0)
            {
                break;
            }

            var start = starts[random.Next(starts.Count)];
            var end = start;
            while (end < text.Length && text[end] is not (',' or '}' or ']' or ':'))
            {
                end++;
            }

            text = text[..start] + Values[random.Next(Values.Length)] + text[end..];
        }

        return Encoding.UTF8.GetBytes(text);
    }
}

/// <summary>Writes a tokenizer.model: sentencepiece_model.proto in protobuf's wire format.</summary>
internal static class SentencePieceFile
{
    /// <summary>A model of BPE.</summary>
    /// <param name="pieces">Text, score and type, by id.</param>
    public static byte[] Write(IEnumerable<(string Text, float Score, int Type)> pieces)
    {
        var file = new List<byte>();
        foreach (var (text, score, type) in pieces)
        {
            var number = new byte[sizeof(float)];
            BinaryPrimitives.WriteSingleLittleEndian(number, score);
            byte[] name = Encoding.UTF8.GetBytes(text);
            byte[] piece = [0x0A, .. Varint(name.Length), .. name, 0x15, .. number, 0x18, (byte)type];
            file.AddRange([0x0A, .. Varint(piece.Length), .. piece]);
        }

        // The kind of the model (3), and the ids of <unk>, <s> and </s> (40 to 42).
        byte[] trainer = [0x18, 2, 0xC0, 2, 0, 0xC8, 2, 1, 0xD0, 2, 2];
        file.AddRange([0x12, .. Varint(trainer.Length), .. trainer]);
        return [.. file];
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
