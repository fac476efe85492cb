using System.Text;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.Tests.Gguf;

/// <summary>Files that were damaged at random: each reads, or is a finding; none throws anything else, hangs, or asks for more memory than it could fill.</summary>
public sealed class HostileFileTests
{
    private const int Mutations = 25_000;

    // A text of n bytes is an object of 22 + 2n; an entry of an array of arrays, the dearest, costs some 100 bytes for 12 in the file.
    private const int Factor = 16;
    private const int Slack = 1 << 16;

    [Fact]
    public void Mutated_GGUF_headers_are_read_or_refused() => Mutate(Gguf(), 1, bytes =>
    {
        using var file = GgufFile.Parse(bytes);
        foreach (var tensor in file.Tensors.Where(t => t.Bytes > 0))
        {
            _ = tensor.Read(tensor.Bytes - 1, 1)[0];
        }
    });

    [Fact]
    public void Mutated_safetensors_headers_are_read_or_refused() => Mutate(Safetensors(), 2, bytes =>
    {
        using var file = SafetensorsFile.Parse(bytes);
        foreach (var tensor in file.Tensors.Where(t => t.Bytes > 0))
        {
            _ = tensor.Read(tensor.Bytes - 1, 1)[0];
        }
    });

    [Theory]
    [InlineData("", "GgufMagic")]
    [InlineData("GGUF", "GgufEnds(version, 4)")]
    [InlineData("GGUF\u0001\0\0\0", "GgufVersion(1)")]
    [InlineData("GGUF\0\0\0\u0003", "GgufBigEndian")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0\0\0\0\u0070\0\0\0\0\0\0\0\0", "GgufCount(tensor_count, 8070450532247928832, 8, 8)")]
    public void A_header_that_does_not_fit_says_what_and_where(string text, string reason) =>
        Assert.Equal(reason, Assert.Throws<ModelFaultException>(() => GgufFile.Parse(Encoding.Latin1.GetBytes(text))).Arguments[1].ToString());

    [Theory]
    [InlineData("{}", "x", "SafetensorsRest(1)")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{}}", "xxxx", "SafetensorsTwice(a)")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "xxxx", "SafetensorsExtent(a, F32, 2, 0–4, 4)")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", "", "SafetensorsExtent(a, F32, 4611686018427387904 × 4, 0–0, 0)")]
    [InlineData("{\"a\":{\"dtype\":\"Q9\",\"shape\":[1],\"data_offsets\":[0,4]}}", "xxxx", "SafetensorsType(a, Q9)")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "xxxx", "SafetensorsGap(0, a)")]
    public void A_safetensors_header_that_does_not_fit_says_what(string header, string data, string reason)
    {
        var json = Encoding.UTF8.GetBytes(header);
        byte[] file = [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. Encoding.UTF8.GetBytes(data)];

        Assert.Equal(reason, Assert.Throws<ModelFaultException>(() => SafetensorsFile.Parse(file)).Arguments[1].ToString());
    }

    private static void Mutate(byte[] good, int seed, Action<byte[]> read)
    {
        read(good);
        var random = new Random(seed);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutation.Of(good, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(bytes);
            }
            catch (ModelFaultException fault)
            {
                Assert.Equal(ModelFaults.FileMalformed, fault.Code);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Slack + ((long)Factor * bytes.Length), $"mutation {i} of seed {seed}: {allocated} bytes for a file of {bytes.Length}");
        }
    }

    private static byte[] Gguf()
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "llama");
        writer.Add("general.alignment", 32u);
        writer.Add("llama.block_count", 2u);
        writer.Add("llama.rope.freq_base", 10000f);
        writer.Add("tokenizer.ggml.tokens", new[] { "<s>", "</s>", "▁a", "b", "数" });
        writer.Add("tokenizer.ggml.scores", new[] { 0f, 0f, -1f, -2f, -3f });
        writer.Add("nested", new[] { new GgufArray(GgufValueType.Int32, new[] { 1, 2 }) });
        writer.Add("flag", true);
        writer.AddTensor("token_embd.weight", GgmlType.F16, [4, 5], s => s.Write(new byte[40]));
        writer.AddTensor("blk.0.attn_q.weight", GgmlType.Q4_0, [32, 2], s => s.Write(new byte[36]));
        writer.AddTensor("output_norm.weight", GgmlType.F32, [4], s => s.Write(new byte[16]));
        using var memory = new MemoryStream();
        writer.WriteTo(memory, null, default);
        return memory.ToArray();
    }

    private static byte[] Safetensors()
    {
        var writer = new SafetensorsWriter();
        writer.Add("format", "pt");
        writer.AddTensor("model.embed_tokens.weight", "BF16", [5, 4], s => s.Write(new byte[40]));
        writer.AddTensor("model.norm.weight", "F32", [4], s => s.Write(new byte[16]));
        writer.AddTensor("none", "I64", [0], _ => { });
        using var memory = new MemoryStream();
        writer.WriteTo(memory, default);
        return memory.ToArray();
    }
}
