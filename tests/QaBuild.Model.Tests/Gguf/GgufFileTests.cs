using QaBuild.Model.Gguf;
using QaBuild.Tests;

namespace QaBuild.Model.Tests.Gguf;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_reads_back_with_every_type_of_metadata_and_every_byte()
    {
        var values = new Dictionary<string, object>
        {
            ["u8"] = (byte)200, ["i8"] = (sbyte)-100, ["u16"] = (ushort)60000, ["i16"] = (short)-30000, ["u32"] = 4_000_000_000u, ["i32"] = -2_000_000_000,
            ["f32"] = 1.5f, ["yes"] = true, ["text"] = "数据库 ▁x", ["u64"] = ulong.MaxValue, ["i64"] = long.MinValue, ["f64"] = Math.PI,
        };
        var arrays = new Dictionary<string, Array>
        {
            ["texts"] = new[] { "a", "", "说明" }, ["flags"] = new[] { true, false }, ["numbers"] = new[] { 1, -2, 3 }, ["floats"] = new[] { 0f, -1e30f }, ["none"] = Array.Empty<double>(),
            ["nested"] = new[] { new GgufArray(GgufValueType.UInt8, new byte[] { 1, 2 }), new GgufArray(GgufValueType.String, new[] { "b" }) },
        };
        var writer = new GgufWriter();
        foreach (var (key, value) in values.Concat(arrays.Select(a => KeyValuePair.Create(a.Key, (object)a.Value))))
        {
            writer.Add(key, value);
        }

        writer.AddTensor("odd", GgmlType.F32, [3], s => s.Write(new byte[12].Select((_, i) => (byte)i).ToArray()));
        writer.AddTensor("quantized", GgmlType.Q8_0, [64, 2], s => s.Write(new byte[4 * 34]));
        var path = Path.Combine(_folder.Path, "x.gguf");
        writer.WriteTo(path);

        using var read = GgufFile.Open(path);

        Assert.Equal(values, read.Metadata.Where(m => values.ContainsKey(m.Key)).ToDictionary());
        Assert.Equal(["u8", "i8"], read.Metadata.Keys.Take(2));
        foreach (var (key, array) in arrays.Where(a => a.Key != "nested"))
        {
            Assert.Equal(array, ((GgufArray)read.Metadata[key]).Values);
        }

        Assert.Equal(new[] { "b" }, (string[])read.Array<GgufArray>("nested")![1].Values);
        Assert.Equal([("odd", GgmlType.F32, 12L), ("quantized", GgmlType.Q8_0, 136L)], read.Tensors.Select(t => (t.Name, t.Type, t.Bytes)));
        Assert.Equal(new byte[] { 4, 5, 6, 7 }, read.Find("odd")!.Read(4, 4).ToArray());
        Assert.Equal([64L, 2L], read.Find("quantized")!.Shape);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Version_2_reads_as_version_3()
    {
        var writer = new GgufWriter();
        writer.Add("general.name", "old");
        writer.AddTensor("a", GgmlType.I8, [2], s => s.Write([7, 8]));
        using var memory = new MemoryStream();
        writer.WriteTo(memory, null, default);
        var bytes = memory.ToArray();
        bytes["GGUF".Length] = 2;

        using var read = GgufFile.Parse(bytes);

        Assert.Equal((2u, "old"), (read.Version, read.Text("general.name")));
        Assert.Equal(new byte[] { 7, 8 }, read.Find("a")!.Read(0, 2).ToArray());
    }

    [Fact]
    public void The_alignment_that_the_metadata_asks_for_is_kept()
    {
        var writer = new GgufWriter();
        writer.Add("general.alignment", 128u);
        writer.AddTensor("a", GgmlType.I8, [5], s => s.Write([1, 2, 3, 4, 5]));
        writer.AddTensor("b", GgmlType.I8, [1], s => s.Write([9]));
        var path = Path.Combine(_folder.Path, "x.gguf");
        writer.WriteTo(path);

        using var read = GgufFile.Open(path);

        Assert.All(read.Tensors, t => Assert.Equal(0, t.Offset % 128));
        Assert.Equal(new byte[] { 9 }, read.Find("b")!.Read(0, 1).ToArray());
    }

    [Fact]
    public void A_tensor_that_does_not_write_all_its_bytes_leaves_no_file()
    {
        var path = _folder.Write("x.gguf", "the last good one");
        var writer = new GgufWriter();
        writer.AddTensor("a", GgmlType.F32, [2], s => s.Write(new byte[4]));

        Assert.Throws<InvalidOperationException>(() => writer.WriteTo(path));

        Assert.Equal("the last good one", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Any_part_of_a_model_opens_all_of_it()
    {
        var parts = Shards(3, (number, writer) => writer.AddTensor($"t{number}", GgmlType.I8, [2], s => s.Write([(byte)number, 7])));

        foreach (var part in parts)
        {
            using var read = GgufFile.Open(part);
            Assert.Equal(["t0", "t1", "t2"], read.Tensors.Select(t => t.Name));
            Assert.Equal("llama", read.Text("general.architecture"));
            Assert.Equal(new byte[] { 2, 7 }, read.Find("t2")!.Read(0, 2).ToArray());
        }
    }

    [Fact]
    public void A_part_that_is_missing_is_named()
    {
        var parts = Shards(3, (number, writer) => writer.AddTensor($"t{number}", GgmlType.I8, [2], s => s.Write([1, 7])));
        File.Delete(parts[1]);

        Assert.Equal(parts[1], Assert.Throws<ModelFaultException>(() => GgufFile.Open(parts[0])).Path);
    }

    [Fact]
    public void Parts_that_disagree_are_findings()
    {
        var parts = Shards(2, (number, writer) => writer.AddTensor("same", GgmlType.I8, [2], s => s.Write([1, 7])));
        Assert.Equal("GgufTensorTwice(same)", Reason(() => GgufFile.Open(parts[0])));

        File.Copy(parts[0], parts[1], overwrite: true);
        Assert.Equal("GgufShardNumber(1, 2, 2, 2)", Reason(() => GgufFile.Open(parts[0])));

        var elsewhere = Path.Combine(_folder.Path, "renamed.gguf");
        File.Copy(parts[0], elsewhere);
        Assert.Equal("GgufShardName(2)", Reason(() => GgufFile.Open(elsewhere)));
    }

    [SharedDataFact("data/models/stories260K")]
    public void Real_files_read()
    {
        using var stories = GgufFile.Open(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!);
        using var tiny = GgufFile.Open(Repository.Shared("data", "models", "llama-2-tiny-random", "llama-2-tiny-random.gguf")!);

        Assert.Equal(("llama", 5L, 64L), (stories.Text("general.architecture"), stories.Integer("llama.block_count"), stories.Integer("llama.embedding_length")));
        Assert.Equal(512, stories.Array<string>("tokenizer.ggml.tokens")!.Length);
        Assert.Equal("llama", tiny.Text("general.architecture"));
    }

    [SharedDataFact("data/tokenizers/llama.cpp")]
    public void A_real_file_written_again_says_the_same()
    {
        foreach (var path in Directory.GetFiles(Repository.Shared("data", "tokenizers", "llama.cpp")!, "*.gguf").Append(Repository.Shared("data", "models", "stories260K", "stories260K.gguf")!))
        {
            using var original = GgufFile.Open(path);
            var copy = Path.Combine(_folder.Path, Path.GetFileName(path));
            Copied(original).WriteTo(copy);
            using var again = GgufFile.Open(copy);

            Assert.Equal(original.Metadata.Keys, again.Metadata.Keys);
            foreach (var (key, value) in original.Metadata)
            {
                Assert.Equal(value is GgufArray array ? array.Values : value, again.Metadata[key] is GgufArray other ? other.Values : again.Metadata[key]);
            }

            Assert.Equal(original.Tensors.Select(t => (t.Name, t.Type, string.Join(',', t.Shape))), again.Tensors.Select(t => (t.Name, t.Type, string.Join(',', t.Shape))));
            Assert.All(original.Tensors, t => Assert.True(t.Read(0, (int)t.Bytes).SequenceEqual(again.Find(t.Name)!.Read(0, (int)t.Bytes)), t.Name));
        }
    }

    /// <summary>The same content, to be written by our writer.</summary>
    internal static GgufWriter Copied(GgufFile file)
    {
        var writer = new GgufWriter();
        foreach (var (key, value) in file.Metadata)
        {
            writer.Add(key, value);
        }

        foreach (var tensor in file.Tensors)
        {
            writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, s => s.Write(tensor.Read(0, (int)tensor.Bytes)));
        }

        return writer;
    }

    private static string Reason(Action open) => Assert.Throws<ModelFaultException>(open).Arguments[1].ToString()!;

    private string[] Shards(int count, Action<int, GgufWriter> add)
    {
        var paths = new string[count];
        for (var number = 0; number < count; number++)
        {
            var writer = new GgufWriter();
            if (number == 0)
            {
                writer.Add("general.architecture", "llama");
            }

            writer.Add("split.count", (ushort)count);
            writer.Add("split.no", (ushort)number);
            writer.Add("split.tensors.count", count);
            add(number, writer);
            paths[number] = Path.Combine(_folder.Path, $"m-{number + 1:D5}-of-{count:D5}.gguf");
            writer.WriteTo(paths[number]);
        }

        return paths;
    }
}
