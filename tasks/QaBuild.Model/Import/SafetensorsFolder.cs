using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>The weights of a Hugging Face folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.</summary>
public sealed class SafetensorsFolder : IDisposable
{
    private const long LargestIndex = 64 << 20;
    private const int MostShards = 10_000;
    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, SafeTensor> _byName;

    private SafetensorsFolder(List<SafetensorsFile> files)
    {
        _files = files;
        Tensors = [.. files.SelectMany(f => f.Tensors)];
        _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>Of all files, in their order.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>Whether a folder has weights.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, "model.safetensors")) || File.Exists(Path.Combine(folder, "model.safetensors.index.json"));

    /// <summary>Opens the weights of a folder.</summary>
    /// <exception cref="ModelFaultException">QA7003: a file is missing or malformed.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var single = Path.Combine(folder, "model.safetensors");
        var index = Path.Combine(folder, "model.safetensors.index.json");
        if (!File.Exists(index) || File.Exists(single))
        {
            return new SafetensorsFolder([SafetensorsFile.Open(single)]);
        }

        var places = WeightMap(index);
        var files = new List<SafetensorsFile>();
        try
        {
            var seen = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var shard in places.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                files.Add(SafetensorsFile.Open(Path.Combine(folder, shard)));
                foreach (var tensor in files[^1].Tensors)
                {
                    if (!seen.TryAdd(tensor.Name, shard))
                    {
                        throw Malformed(index, "SafetensorsTwice", tensor.Name);
                    }
                }
            }

            foreach (var (tensor, shard) in places)
            {
                if (seen.GetValueOrDefault(tensor) != shard)
                {
                    throw Malformed(index, "SafetensorsNotInShard", tensor, shard);
                }
            }

            return new SafetensorsFolder(files);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>The tensor of this name, or null.</summary>
    public SafeTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static Dictionary<string, string> WeightMap(string index)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var stream = File.OpenRead(index);
            if (stream.Length > LargestIndex)
            {
                throw Malformed(index, "FileTooLong", stream.Length, LargestIndex);
            }

            using var json = JsonDocument.Parse(stream);
            foreach (var entry in json.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var shard = entry.Value.GetString() ?? "";
                if (shard.Length == 0 || shard != Path.GetFileName(shard) || shard is "." or ".." || shard.Contains('\\', StringComparison.Ordinal))
                {
                    throw Malformed(index, "SafetensorsShardName", shard);
                }

                places[entry.Name] = shard;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, index, index, e.Message);
        }

        return places.Count > 0 && places.Values.Distinct(StringComparer.Ordinal).Count() <= MostShards ? places : throw Malformed(index, "SafetensorsNoShards");
    }

    private static ModelFaultException Malformed(string path, string reason, params object[] arguments) => new(ModelFaults.FileMalformed, path, path, new Reason(reason, arguments));
}
