using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QaBuild.Model.Gguf;
using QaBuild.Model.Import;

namespace QaBuild.Model.BaseModels;

/// <summary>A token by number and text.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">As it stands in a text.</param>
public sealed record NamedToken(int Id, string Text);

/// <summary>base-model.json: what a dataset and a trainer must know of a base model (schema/base-model.schema.json).</summary>
public sealed record BaseModelDescription
{
    private const int LargestDescription = 64 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>gguf, huggingFace, ollama or tiny.</summary>
    public required string Source { get; init; }

    /// <summary>For people.</summary>
    public required string Name { get; init; }

    /// <summary>The file to use, on this machine.</summary>
    public required string Gguf { get; init; }

    /// <summary>False for a vocabulary alone.</summary>
    public required bool HasWeights { get; init; }

    /// <summary>For example qwen2.</summary>
    public required string Architecture { get; init; }

    /// <summary>Layers; 0 when the file does not say.</summary>
    public required long Layers { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required long Width { get; init; }

    /// <summary>Heads of attention.</summary>
    public required long Heads { get; init; }

    /// <summary>Heads of keys and values.</summary>
    public required long KeyHeads { get; init; }

    /// <summary>The width of the feed-forward part.</summary>
    public required long FeedForward { get; init; }

    /// <summary>Weights in all.</summary>
    public required long Parameters { get; init; }

    /// <summary>The type of most of them, for example BF16; empty without weights.</summary>
    public required string Type { get; init; }

    /// <summary>The context in tokens that it was trained with.</summary>
    public required long Context { get; init; }

    /// <summary>The number of tokens.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>SHA-256 over all that decides which ids a text gets, whatever file it came in.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>Begins a text; null when the vocabulary has none.</summary>
    public required NamedToken? Bos { get; init; }

    /// <summary>Ends a text or an answer.</summary>
    public required NamedToken? Eos { get; init; }

    /// <summary>Ends a turn of the chat template, when that is another token than <see cref="Eos"/>.</summary>
    public required NamedToken? EndOfTurn { get; init; }

    /// <summary>Fills up.</summary>
    public required NamedToken? Padding { get; init; }

    /// <summary>Whether the model wants <see cref="Bos"/> before a text.</summary>
    public required bool AddsBos { get; init; }

    /// <summary>The tokens that are no text, by id.</summary>
    public required IReadOnlyList<string> SpecialTokens { get; init; }

    /// <summary>In Jinja; null when the model has none.</summary>
    public required string? ChatTemplate { get; init; }

    /// <summary>Describes a base model.</summary>
    /// <exception cref="ModelFaultException">QA7003: the file is malformed; QA7006: it has no tokenizer.</exception>
    public static BaseModelDescription Of(BaseModel model)
    {
        using var file = GgufFile.Open(model.GgufPath);
        var architecture = file.Text("general.architecture") ?? "";
        var tokens = file.Array<string>("tokenizer.ggml.tokens") ?? throw new ModelFaultException(ModelFaults.BaseModelUnusable, "", model.Name, new Reason("BaseModelNoTokenizer"));
        var types = file.Array<int>("tokenizer.ggml.token_type") ?? [];
        NamedToken? Token(string key) => file.Integer(key) is >= 0 and var id && id < tokens.Length ? new NamedToken((int)id, tokens[id]) : null;
        long Size(string key) => file.Integer($"{architecture}.{key}") ?? 0;
        var template = file.Text("tokenizer.chat_template");
        var eos = Token("tokenizer.ggml.eos_token_id");
        return new BaseModelDescription
        {
            Source = JsonNamingPolicy.CamelCase.ConvertName(model.Kind.ToString()),
            Name = model.Name,
            Gguf = model.GgufPath,
            HasWeights = model.HasWeights,
            Architecture = architecture,
            Layers = Size("block_count"),
            Width = Size("embedding_length"),
            Heads = Size("attention.head_count"),
            KeyHeads = Size("attention.head_count_kv") is > 0 and var keys ? keys : Size("attention.head_count"),
            FeedForward = Size("feed_forward_length"),
            Parameters = file.Tensors.Sum(t => t.Elements),
            Type = file.Tensors.Count == 0 ? "" : file.Tensors.GroupBy(t => t.Type).OrderByDescending(g => g.Sum(t => t.Elements)).First().Key.ToString(),
            Context = Size("context_length"),
            Vocabulary = tokens.Length,
            Tokenizer = TokenizerHash(file, tokens, types),
            Bos = Token("tokenizer.ggml.bos_token_id"),
            Eos = eos,
            EndOfTurn = Token("tokenizer.ggml.eot_token_id") ?? TurnEnd(template, tokens, eos),
            Padding = Token("tokenizer.ggml.padding_token_id"),
            AddsBos = file.Flag("tokenizer.ggml.add_bos_token") ?? file.Text("tokenizer.ggml.model") == "llama",
            SpecialTokens = [.. tokens.Where((_, i) => i < types.Length && types[i] == (int)TokenType.Control)],
            ChatTemplate = template,
        };
    }

    /// <summary>Reads base-model.json.</summary>
    /// <exception cref="ModelFaultException">QA7003: it is absent or none.</exception>
    public static BaseModelDescription Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestDescription && JsonSerializer.Deserialize<BaseModelDescription>(File.ReadAllBytes(path), Json) is { } description
                ? description : throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("JsonNoObject"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ModelFaultException(ModelFaults.FileMalformed, path, path, e.Message);
        }
    }

    /// <summary>As base-model.json holds it: the same model, the same bytes.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];

    // The tokens that end a turn in the templates in use.
    private static NamedToken? TurnEnd(string? template, string[] tokens, NamedToken? eos)
    {
        string[] known = ["<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|eom_id|>"];
        var end = known.FirstOrDefault(k => template?.Contains(k, StringComparison.Ordinal) == true && k != eos?.Text && Array.IndexOf(tokens, k) >= 0);
        return end is null ? null : new NamedToken(Array.IndexOf(tokens, end), end);
    }

    private static string TokenizerHash(GgufFile file, string[] tokens, int[] types)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text)
        {
            // The length parts a text from the next.
            Span<byte> length = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }

        Add(file.Text("tokenizer.ggml.model") ?? "");
        Add(file.Text("tokenizer.ggml.pre") ?? "");
        Add(file.Flag("tokenizer.ggml.add_space_prefix")?.ToString() ?? "");
        foreach (var token in tokens)
        {
            Add(token);
        }

        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(types.AsSpan()));
        foreach (var merge in file.Array<string>("tokenizer.ggml.merges") ?? [])
        {
            Add(merge);
        }

        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes((file.Array<float>("tokenizer.ggml.scores") ?? []).AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
