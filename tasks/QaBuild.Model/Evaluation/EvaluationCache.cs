using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QaBuild.Model.Evaluation;

/// <summary>What a model said to a row, and how likely it holds the right answer.</summary>
/// <param name="Answer">Without special tokens.</param>
/// <param name="Stopped">Whether the model ended it itself.</param>
/// <param name="Loss">Minus the sum of the natural logarithms of the likelihoods of the tokens that count.</param>
/// <param name="Tokens">How many those are.</param>
public sealed record RowResult(string Answer, bool Stopped, double Loss, int Tokens);

/// <summary>
/// Results of rows by all that decides them, a line each. A line is written as soon as its row is done, so that an evaluation that was killed goes on where it stood, and
/// that of the base is not repeated for each adapter.
/// </summary>
public sealed class EvaluationCache : IDisposable
{
    private const long Largest = 1L << 30;
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _path;
    private readonly Dictionary<string, RowResult> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private StreamWriter? _writer;

    /// <summary>Opens the cache; a line that a kill cut off, or that somebody changed, counts as not there.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public EvaluationCache(string path)
    {
        _path = path;
        if (!File.Exists(path) || new FileInfo(path).Length > Largest)
        {
            return;
        }

        foreach (var line in File.ReadLines(path))
        {
            try
            {
                if (JsonSerializer.Deserialize<Line>(line, s_json) is { Key.Length: > 0, Result: { Answer: not null } result } read)
                {
                    _known[read.Key] = result;
                }
            }
            catch (JsonException)
            {
                // Asked again.
            }
        }
    }

    /// <summary>The key of what decides a result.</summary>
    public static string KeyOf(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            // The length parts a text from the next.
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The result of a key, or null.</summary>
    public RowResult? Find(string key)
    {
        if (!_known.TryGetValue(key, out var found))
        {
            return null;
        }

        _used.Add(key);
        return found;
    }

    /// <summary>Keeps a result.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void Add(string key, RowResult result)
    {
        _used.Add(key);
        _known[key] = result;
        if (_writer is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);

            // What was cut off must not take the next line with it.
            _writer = new StreamWriter(_path, append: true) { NewLine = "\n", AutoFlush = true };
            _writer.WriteLine();
        }

        _writer.WriteLine(Written(key, result));
    }

    /// <summary>Leaves in the file what this evaluation asked for and nothing else.</summary>
    public void Keep()
    {
        Dispose();
        var text = string.Concat(_used.Order(StringComparer.Ordinal).Select(k => Written(k, _known[k]) + "\n"));
        AtomicFile.Write(_path, s => s.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private static string Written(string key, RowResult result) => JsonSerializer.Serialize(new Line(key, result), s_json);

    private sealed record Line(string Key, RowResult Result);
}
