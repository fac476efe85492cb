using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace QaBuild.Model.Import;

/// <summary>A JSON object in a file of a model's folder. What has another type than is wanted is a finding that names the key.</summary>
internal sealed class JsonFile : IDisposable
{
    private const long Largest = 256 << 20;
    private readonly JsonDocument _document;

    private JsonFile(string path, JsonDocument document) => (Path, _document) = (path, document);

    public string Path { get; }

    public JsonElement Root => _document.RootElement;

    /// <summary>Opens a file of a folder; null when it is not there.</summary>
    public static JsonFile? TryOpen(string folder, string name)
    {
        var path = System.IO.Path.Combine(folder, name);
        return File.Exists(path) ? Open(path) : null;
    }

    /// <exception cref="ModelFaultException">QA7003: it is absent, too large or no JSON object.</exception>
    public static JsonFile Open(string path)
    {
        JsonDocument? document = null;
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > Largest)
            {
                throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("FileTooLong", stream.Length, Largest));
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            document = Parse(path, bytes);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new JsonFile(path, document);
            }
        }
        catch (JsonException e)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message)
            {
                Line = (int)Math.Min(int.MaxValue, (e.LineNumber ?? -1) + 1),
                Column = e.LineNumber is null ? 0 : (int)Math.Min(int.MaxValue, (e.BytePositionInLine ?? 0) + 1),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }

        document.Dispose();
        throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("JsonNoObject"));
    }

    public void Dispose() => _document.Dispose();

    // JsonDocument lets bytes pass that are no UTF-8, and halves of surrogate pairs written as \u…; whoever asked for the text then would be surprised.
    private static JsonDocument Parse(string path, byte[] bytes)
    {
        ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsMemory(Encoding.UTF8.Preamble.Length) : bytes;
        if (!Utf8.IsValid(text.Span))
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("JsonNoText"));
        }

        var reader = new Utf8JsonReader(text.Span);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("JsonNoText"));
        }

        return JsonDocument.Parse(text);
    }

    /// <summary>A member that is neither absent nor null.</summary>
    public JsonElement? Find(string name) => Find(Root, name);

    public static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    public long? Integer(string name, long smallest, long largest) => Find(name) is { } member
        ? member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var number) && number >= smallest && number <= largest ? number : throw Bad(name, new Reason("JsonInteger", smallest, largest), member)
        : null;

    public long Required(string name, long smallest, long largest) => Integer(name, smallest, largest) ?? throw Missing(name);

    public double? Number(string name) => Find(name) is { } member ? Number(name, member) : null;

    public double? Number(JsonElement parent, string name) => Find(parent, name) is { } member ? Number(name, member) : null;

    public bool? Flag(string name) => Find(name) is { } member
        ? member.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Bad(name, new Reason("JsonFlag"), member) }
        : null;

    public string? Text(string name) => Find(name) is { } member ? Text(name, member) : null;

    public string Text(string name, JsonElement member) => member.ValueKind == JsonValueKind.String ? member.GetString()! : throw Bad(name, new Reason("JsonText"), member);

    public ModelFaultException Missing(string name) => Malformed("JsonMissing", name);

    public ModelFaultException Malformed(string reason, params object[] arguments) => new(ModelFaults.FileMalformed, Path, Path, new Reason(reason, arguments));

    public ModelFaultException Bad(string name, Reason wanted, JsonElement member) => Malformed("JsonBad", name, wanted, Shown(member));

    private double Number(string name, JsonElement member) =>
        member.ValueKind == JsonValueKind.Number && member.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Bad(name, new Reason("JsonNumber"), member);

    private static string Shown(JsonElement member)
    {
        const int Longest = 60;
        var text = member.GetRawText();
        return text.Length > Longest ? text[..Longest] + "…" : text;
    }
}
