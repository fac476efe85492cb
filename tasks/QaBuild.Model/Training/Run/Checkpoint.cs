using System.Runtime.InteropServices;
using System.Text.Json;
using QaBuild.Model.Import;
using QaBuild.Model.Training.Network;

namespace QaBuild.Model.Training.Run;

/// <summary>
/// A run on disk: what is trained, what the optimizer remembers and where the run is. The file appears whole or not at all, and says which run it is of: one with another
/// recipe or other rows does not go on from it.
/// </summary>
/// <param name="path">A safetensors file.</param>
/// <param name="run">Which run it is.</param>
internal sealed class Checkpoint(string path, string run)
{
    private const string RunName = "run";
    private const string StateName = "state";
    private const string BestPrefix = "best.";
    private const string SlotPrefix = "optimizer.";

    /// <summary>Writes where a run is.</summary>
    /// <param name="state">Where.</param>
    /// <param name="adapter">What is trained.</param>
    /// <param name="optimizer">What remembers.</param>
    /// <param name="best">The best weights so far, by parameter; null when they are not kept.</param>
    public void Save(RunState state, AdapterWeights adapter, Optimizer optimizer, IReadOnlyList<float[]>? best)
    {
        var writer = new SafetensorsWriter();
        writer.Add(RunName, run);
        writer.Add(StateName, JsonSerializer.Serialize(state));
        for (var i = 0; i < adapter.Parameters.Count; i++)
        {
            var parameter = adapter.Parameters[i];
            Add(writer, parameter.Name, parameter.Buffer.Length, s => s.Write(MemoryMarshal.AsBytes(parameter.Values)));
            if (best is not null && state.BestLoss is not null)
            {
                var values = best[i];
                Add(writer, BestPrefix + parameter.Name, values.Length, s => s.Write(MemoryMarshal.AsBytes(values.AsSpan())));
            }
        }

        foreach (var slot in optimizer.Slots)
        {
            Add(writer, SlotPrefix + slot.Name, slot.Buffer.Length, s => s.Write(MemoryMarshal.AsBytes(slot.Values)));
        }

        writer.WriteTo(path);
    }

    /// <summary>Puts a run where it was saved.</summary>
    /// <param name="adapter">Gets what was trained.</param>
    /// <param name="optimizer">Gets what it remembered.</param>
    /// <param name="best">Gets the best weights so far; null when they are not kept.</param>
    /// <returns>Null, and nothing changed, when there is no checkpoint of this run.</returns>
    public RunState? Load(AdapterWeights adapter, Optimizer optimizer, IReadOnlyList<float[]>? best)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = SafetensorsFile.Open(path);
            if (file.Metadata.GetValueOrDefault(RunName) != run || JsonSerializer.Deserialize<RunState>(file.Metadata.GetValueOrDefault(StateName, "null")) is not { } state)
            {
                return null;
            }

            var wanted = new List<(string Name, long Length, Action<SafeTensor> Take)>();
            for (var i = 0; i < adapter.Parameters.Count; i++)
            {
                var parameter = adapter.Parameters[i];
                wanted.Add((parameter.Name, parameter.Buffer.Length, t => Copy(t, parameter.Values)));
                if (best is not null && state.BestLoss is not null)
                {
                    var values = best[i];
                    wanted.Add((BestPrefix + parameter.Name, values.Length, t => Copy(t, values)));
                }
            }

            wanted.AddRange(optimizer.Slots.Select(s => (SlotPrefix + s.Name, s.Buffer.Length, (Action<SafeTensor>)(t => Copy(t, s.Values)))));
            var tensors = file.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
            if (!wanted.TrueForAll(w => tensors.TryGetValue(w.Name, out var t) && t.Type == "F32" && t.Elements == w.Length))
            {
                return null;
            }

            wanted.ForEach(w => w.Take(tensors[w.Name]));
            optimizer.Steps = state.Steps;
            return state;
        }
        catch (Exception e) when (e is ModelFaultException or JsonException)
        {
            // Damaged, or somebody else's: the run begins anew.
            return null;
        }
    }

    /// <summary>Removes the file, and what a kill while it was written left beside it.</summary>
    public void Delete()
    {
        File.Delete(path);
        AtomicFile.Sweep(path);
    }

    private static void Add(SafetensorsWriter writer, string name, long length, Action<Stream> write) => writer.AddTensor(name, "F32", [length], write);

    private static void Copy(SafeTensor tensor, Span<float> values) => tensor.Read(0, checked((int)tensor.Bytes)).CopyTo(MemoryMarshal.AsBytes(values));
}
