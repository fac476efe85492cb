using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.Packaging.Fusing;

/// <summary>Writes a fused model as a Hugging Face folder: the base's own with its weights changed, tensor for tensor in the base's types and files.</summary>
public static class FusedFolder
{
    // What a program needs beside the weights. The rest of a download stays behind: programs, and a card that is about the base.
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja",
        "chat_template.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    private const string Index = "model.safetensors.index.json";

    /// <summary>Writes the folder, in place of one that this wrote before.</summary>
    /// <param name="folder">The base's folder.</param>
    /// <param name="model">What was imported of it (GGUF).</param>
    /// <param name="adapter">The adapter: a GGUF, or a folder of PEFT or mlx-lm.</param>
    /// <param name="output">The folder to write; it appears when it is whole.</param>
    /// <param name="progress">Gets bytes written and bytes in all.</param>
    /// <param name="cancellation">Leaves what was there before.</param>
    /// <exception cref="ModelFaultException">QA7003, QA7004, QA7010 or QA8004.</exception>
    /// <exception cref="IOException">The disk is full, the folder cannot be written, or what stands there is no folder of a model.</exception>
    public static void Write(string folder, string model, string adapter, string output, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (Directory.Exists(output) && !SafetensorsFolder.IsIn(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw new IOException($"'{output}' is there and holds no model");
        }

        using var file = GgufFile.Open(model);
        using var fitted = FittedAdapter.Open(adapter, file);
        using var weights = SafetensorsFolder.Open(folder);
        var names = new HfTensors(HfConfig.Read(folder));
        var partial = AtomicFile.TemporaryBeside(output);
        try
        {
            Directory.CreateDirectory(partial);
            var (total, done) = (weights.Tensors.Sum(t => t.Bytes), 0L);
            foreach (var shard in weights.Tensors.GroupBy(t => t.Source!.Path))
            {
                var writer = new SafetensorsWriter();
                writer.Add("format", "pt");
                foreach (var tensor in shard)
                {
                    writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, stream =>
                    {
                        Write(stream, tensor, names, fitted);
                        progress?.Invoke(done += tensor.Bytes, total);
                    });
                }

                writer.WriteTo(Path.Combine(partial, Path.GetFileName(shard.Key)), cancellation);
            }

            Copy(folder, partial);
            Replace(partial, output);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    private static void Write(Stream stream, SafeTensor tensor, HfTensors names, FittedAdapter adapter)
    {
        if (FloatConverter.TypeOf(tensor.Type) is not { } type)
        {
            // The import found it to be none of the weights.
            stream.Write(tensor.Read(0, checked((int)tensor.Bytes)));
            return;
        }

        var place = names.Find(tensor.Name);
        if (place is null || adapter.Pairs.GetValueOrDefault(place.Name) is not { } pair)
        {
            TensorRows.Of(tensor, type).Write(stream, type, null, tensor.Name);
            return;
        }

        var fuser = new RowFuser(pair);
        var rows = place.Shape[^1];
        var turned = new long[place.HeadsToPermute > 0 ? rows : 0];
        for (var row = 0; row < turned.Length; row++)
        {
            turned[HfTensors.Permuted(row, rows, place.HeadsToPermute)] = row;
        }

        TensorRows.Of(tensor, type).Write(stream, type, (row, numbers) => fuser.Add(turned.Length > 0 ? turned[row] : row, numbers), tensor.Name);
    }

    private static void Copy(string folder, string to)
    {
        string[] shards = File.Exists(Path.Combine(folder, "model.safetensors")) ? [] : [Index];
        foreach (var name in Companions.Concat(shards).Where(n => File.Exists(Path.Combine(folder, n))))
        {
            File.Copy(Path.Combine(folder, name), Path.Combine(to, name));
        }
    }

    // The old folder goes only when the new one is whole.
    private static void Replace(string partial, string output)
    {
        if (!Directory.Exists(output))
        {
            Directory.Move(partial, output);
            return;
        }

        var old = partial + ".old";
        Directory.Move(output, old);
        Directory.Move(partial, output);
        Directory.Delete(old, recursive: true);
    }
}
