using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Model.Training.Data;
using QaBuild.Model.Training.Recipe;

namespace QaBuild.Model.Training.Run;

/// <summary>The weights of a base, by their content. Their file is hashed again only when its length or time is another.</summary>
/// <param name="Path">The GGUF.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Modified">Its time, in UTC ticks.</param>
/// <param name="Sha256">Of its content.</param>
public sealed record BaseIdentity(string Path, long Bytes, long Modified, string Sha256)
{
    /// <summary>Identifies a file.</summary>
    /// <param name="path">The GGUF.</param>
    /// <param name="known">What an earlier run found of it, or null.</param>
    /// <exception cref="ModelFaultException">QA7006: it cannot be read.</exception>
    public static BaseIdentity Of(string path, BaseIdentity? known)
    {
        try
        {
            var file = new FileInfo(path);
            if (known is not null && known.Path == path && known.Bytes == file.Length && known.Modified == file.LastWriteTimeUtc.Ticks)
            {
                return known;
            }

            using var stream = file.OpenRead();
            return new BaseIdentity(path, file.Length, file.LastWriteTimeUtc.Ticks, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", path, e.Message);
        }
    }
}

/// <summary>All that decides what a run learns.</summary>
/// <param name="Trainer">Which trainer, and in which version.</param>
/// <param name="Base">The base.</param>
/// <param name="ChatTemplate">The property <c>ChatTemplate</c>; empty to go by the model.</param>
/// <param name="Recipe">By key.</param>
/// <param name="Data">The SHA-256 of each file of rows; of one that is not there, nothing.</param>
public sealed record TrainingInputs(string Trainer, BaseIdentity Base, string ChatTemplate, SortedDictionary<string, string> Recipe, SortedDictionary<string, string> Data)
{
    /// <summary>Our own trainer. The number is raised when it learns something else from the same inputs.</summary>
    public const string OwnTrainer = "qabuild 1";

    /// <summary>Which run it is: the same for the same inputs, wherever they lie.</summary>
    public string Key
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, value) in Recipe.Concat(Data).Prepend(new("base", Base.Sha256)).Prepend(new("template", ChatTemplate)).Prepend(new("trainer", Trainer)))
            {
                text.Append(name).Append('=').Append(value).Append('\n');
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    /// <summary>SHA-256 of the dataset: of the lines that <c>sha256sum</c> prints of its files, in order of their names.</summary>
    public string DataHash => HashOfLines(Data.Where(d => d.Value.Length > 0).Select(d => $"{d.Value}  {d.Key}"));

    /// <summary>SHA-256 of the recipe: of its lines <c>key=value</c>, with what was set over it, in order of the keys.</summary>
    public string RecipeHash => HashOfLines(Recipe.Select(r => $"{r.Key}={r.Value}"));

    /// <summary>apply_chat_template, as the recipe has it; null goes by the format of the rows.</summary>
    public bool? AppliesTemplate => Recipe.TryGetValue("apply_chat_template", out var value) && bool.TryParse(value, out var applies) ? applies : null;

    /// <summary>Finds them out.</summary>
    /// <param name="trainer">Which trainer.</param>
    /// <param name="gguf">The base.</param>
    /// <param name="chatTemplate">The property <c>ChatTemplate</c>.</param>
    /// <param name="recipe">The recipe, with what was set over it.</param>
    /// <param name="dataset">The folder of the rows.</param>
    /// <param name="known">Of an earlier run, or null.</param>
    public static TrainingInputs Of(string trainer, string gguf, string? chatTemplate, TrainingRecipe recipe, string dataset, TrainingInputs? known)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])[TrainingData.TrainName, TrainingData.ValidName])
        {
            data[name] = HashOf(Path.Combine(dataset, name));
        }

        return new TrainingInputs(trainer, BaseIdentity.Of(gguf, known?.Base), chatTemplate ?? "", RecipeValues.Of(recipe), data);
    }

    /// <summary>What is otherwise than in an earlier run, for people.</summary>
    public IReadOnlyList<Reason> ChangesSince(TrainingInputs earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var changes = new List<Reason>();
        changes.AddRange(Data.Where(d => earlier.Data.GetValueOrDefault(d.Key, "") != d.Value).Select(d => new Reason("TrainWhyData", d.Key)));
        changes.AddRange(Recipe.Keys.Union(earlier.Recipe.Keys).Order(StringComparer.Ordinal)
            .Where(k => Recipe.GetValueOrDefault(k) != earlier.Recipe.GetValueOrDefault(k))
            .Select(k => new Reason("TrainWhyRecipe", k, earlier.Recipe.GetValueOrDefault(k, "–"), Recipe.GetValueOrDefault(k, "–"))));
        if (Base.Sha256 != earlier.Base.Sha256)
        {
            changes.Add(new Reason("TrainWhyBase"));
        }

        if (ChatTemplate != earlier.ChatTemplate)
        {
            changes.Add(new Reason("TrainWhyTemplate"));
        }

        if (Trainer != earlier.Trainer)
        {
            changes.Add(new Reason("TrainWhyTrainer", earlier.Trainer, Trainer));
        }

        return changes;
    }

    private static string HashOfLines(IEnumerable<string> lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")))));

    private static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads the rows says what is wrong.
            return "";
        }
    }
}

/// <summary>training.json: what an adapter was trained from, and with which result. It is written last: with it, the adapter is whole.</summary>
/// <param name="Inputs">What decided it.</param>
/// <param name="Outputs">Files and folders that were written, below the folder of training.json.</param>
/// <param name="Iterations">Batches done.</param>
/// <param name="TrainLoss">The training loss that was reported last.</param>
/// <param name="ValidLoss">The validation loss of the adapter; null without validation rows.</param>
public sealed record TrainingRecord(TrainingInputs Inputs, IReadOnlyList<string> Outputs, int Iterations, double? TrainLoss, double? ValidLoss)
{
    /// <summary>The file's name.</summary>
    public const string Name = "training.json";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The record in a folder, or null when there is none that can be read.</summary>
    public static TrainingRecord? Read(string folder)
    {
        const long Largest = 1 << 20;
        try
        {
            var file = new FileInfo(Path.Combine(folder, Name));
            return file.Exists && file.Length <= Largest ? JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllBytes(file.FullName), s_json) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string folder) => AtomicFile.Write(Path.Combine(folder, Name), s => s.Write([.. JsonSerializer.SerializeToUtf8Bytes(this, s_json), (byte)'\n']));

    /// <summary>Removes it, before the adapter is replaced.</summary>
    public static void Delete(string folder) => File.Delete(Path.Combine(folder, Name));

    /// <summary>The first output that is gone, or null.</summary>
    public string? Missing(string folder) => Outputs.FirstOrDefault(o => !File.Exists(Path.Combine(folder, o)) && !Directory.Exists(Path.Combine(folder, o)));
}
