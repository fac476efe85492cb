using System.Globalization;
using System.Text.Json;

namespace QaBuild.Model.Import;

/// <summary>Reads the tokenizer of a Hugging Face folder: tokenizer.json, or tokenizer.model, with what tokenizer_config.json and its neighbours add.</summary>
internal sealed class TokenizerFolder
{
    private const int MostTokens = Vocabulary.MostTokens;
    private const float AddedScore = -1000;
    private const float PadScore = -10000;
    private const long LargestTemplate = 1 << 20;
    private static readonly string[] EndsOfTurn = ["<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>"];
    private readonly string _folder;
    private readonly int? _size;

    private TokenizerFolder(string folder, int? size) => (_folder, _size) = (folder, size);

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="folder">The model's.</param>
    /// <param name="size">The number of rows of the embedding, to which the vocabulary is filled up; null for as many as there are tokens.</param>
    /// <exception cref="ModelFaultException">QA7003: a file is malformed; QA7005: the tokenizer is of another kind.</exception>
    public static Vocabulary Read(string folder, int? size)
    {
        var reader = new TokenizerFolder(folder, size);
        using var json = JsonFile.TryOpen(folder, "tokenizer.json");
        var model = Path.Combine(folder, "tokenizer.model");
        Vocabulary vocabulary;
        if (json is not null && PreTokenizers.IsByteLevel(json.Root))
        {
            vocabulary = reader.ByteLevel(json);
        }
        else if (File.Exists(model))
        {
            vocabulary = reader.SentencePiece(model, json);
        }
        else if (json is not null)
        {
            vocabulary = reader.SentencePieceLike(json);
        }
        else
        {
            throw new ModelFaultException(ModelFaults.TokenizerUnsupported, folder, folder, new Reason("TokenizerNone"));
        }

        return reader.WithSpecials(vocabulary, json);
    }

    private Vocabulary ByteLevel(JsonFile json)
    {
        var model = Model(json);
        if (JsonFile.Find(model, "byte_fallback") is { ValueKind: JsonValueKind.True })
        {
            throw Unsupported(json, "TokenizerModel", "BPE + byte_fallback + ByteLevel");
        }

        var pre = PreTokenizers.NameOf(json.Root, out var found) ?? throw Unsupported(json, "TokenizerPre", found, PreTokenizers.Supported);
        var (tokens, types) = Tokens(json, model);
        return new Vocabulary("gpt2", pre, tokens, types) { Merges = [.. Merges(json, model).Select(m => $"{m.Left} {m.Right}")] };
    }

    private Vocabulary SentencePieceLike(JsonFile json)
    {
        var model = Model(json);
        var merges = Merges(json, model);
        if (JsonFile.Find(model, "byte_fallback") is not { ValueKind: JsonValueKind.True })
        {
            throw Unsupported(json, "TokenizerModel", "BPE");
        }

        if (PreTokenizers.BeyondBlanks(json.Root) is { } found)
        {
            throw Unsupported(json, "TokenizerPre", found, "Metaspace, Prepend, Replace");
        }

        var (tokens, types) = Tokens(json, model);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++)
        {
            ids.TryAdd(tokens[id], id);
            types[id] = types[id] == TokenType.Normal && IsByte(tokens[id]) ? TokenType.Byte : types[id];
        }

        return new Vocabulary("llama", "default", tokens, types) { Scores = Scores(json, merges, ids, tokens.Length), AddSpacePrefix = AddsPrefix(json) };
    }

    /// <summary>
    /// llama.cpp merges the pair whose result has the best score; the file lists pairs in their order. Both are the same when all pairs of one result stand together,
    /// as they do in what was made from a SentencePiece model; where they do not, ids would differ, and the tokenizer is refused.
    /// </summary>
    private static float[] Scores(JsonFile json, List<(string Left, string Right)> merges, Dictionary<string, int> ids, int count)
    {
        var scores = new float[count];
        Array.Fill(scores, PadScore * MostTokens);
        var last = -1;
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var merged = merges[rank].Left + merges[rank].Right;
            if (!ids.TryGetValue(merged, out var id))
            {
                throw json.Malformed("TokenizerMerge", merges[rank].Left, merges[rank].Right);
            }

            if (id != last && scores[id] > PadScore * MostTokens)
            {
                throw Unsupported(json, "TokenizerScores", merged);
            }

            scores[id] = id == last ? scores[id] : -rank;
            last = id;
        }

        return scores;
    }

    private Vocabulary SentencePiece(string path, JsonFile? json)
    {
        var model = SentencePieceModel.Read(path);
        if (!model.IsBpe)
        {
            throw new ModelFaultException(ModelFaults.TokenizerUnsupported, path, path, new Reason("TokenizerModel", "SentencePiece unigram"));
        }

        var added = Added(json);
        var size = Size(path, Math.Max(model.Pieces.Count, added.Select(a => a.Id + 1).DefaultIfEmpty().Max()));
        var (tokens, types) = Empty(size);
        var scores = new float[size];
        Array.Fill(scores, PadScore);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            (tokens[id], scores[id], types[id]) = model.Pieces[id];
        }

        foreach (var token in added)
        {
            // What the model has already keeps its kind: <unk> is listed as an added token as well.
            if (token.Id >= model.Pieces.Count || (types[token.Id] is TokenType.Normal or TokenType.UserDefined or TokenType.Unused))
            {
                (tokens[token.Id], scores[token.Id], types[token.Id]) = (token.Text, AddedScore, token.Type);
            }
        }

        int? Known(int id) => id >= 0 && id < size ? id : null;
        return new Vocabulary("llama", "default", tokens, types)
        {
            Scores = scores, Bos = Known(model.Bos), Eos = Known(model.Eos), Unknown = Known(model.Unknown), Padding = Known(model.Padding), AddSpacePrefix = model.AddDummyPrefix,
        };
    }

    private Vocabulary WithSpecials(Vocabulary vocabulary, JsonFile? json)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Tokens.Length; id++)
        {
            // llama.cpp ends its process where two tokens have one text.
            if (!ids.TryAdd(vocabulary.Tokens[id], id))
            {
                throw new ModelFaultException(ModelFaults.TokenizerUnsupported, _folder, _folder, new Reason("TokenizerTextTwice", ids[vocabulary.Tokens[id]], id, vocabulary.Tokens[id]));
            }
        }

        using var config = JsonFile.TryOpen(_folder, "tokenizer_config.json");
        using var map = JsonFile.TryOpen(_folder, "special_tokens_map.json");
        using var model = JsonFile.TryOpen(_folder, "config.json");
        using var generation = JsonFile.TryOpen(_folder, "generation_config.json");
        int? Id(string name)
        {
            foreach (var file in new[] { config, map })
            {
                if (file?.Find(name + "_token") is { } token && TextOf(file, name + "_token", token) is { } text && ids.TryGetValue(text, out var id))
                {
                    return id;
                }
            }

            foreach (var file in new[] { model, generation })
            {
                var member = file?.Find(name + "_token_id");
                var first = member is { ValueKind: JsonValueKind.Array } list ? (list.GetArrayLength() > 0 ? list[0] : null) : member;
                if (first is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var id) && id >= 0 && id < vocabulary.Tokens.Length)
                {
                    return id;
                }
            }

            return null;
        }

        var eos = Id("eos") ?? vocabulary.Eos;
        return vocabulary with
        {
            Bos = Id("bos") ?? vocabulary.Bos,
            Eos = eos,
            EndOfTurn = EndsOfTurn.Where(ids.ContainsKey).Select(t => (int?)ids[t]).FirstOrDefault() ?? Ids(generation).Concat(Ids(model)).Where(i => i != eos && i < ids.Count).Select(i => (int?)i).FirstOrDefault(),
            Unknown = Id("unk") ?? vocabulary.Unknown,
            Padding = Id("pad") ?? vocabulary.Padding,
            AddBos = config?.Flag("add_bos_token") ?? BeginsWithBos(json),
            AddEos = config?.Flag("add_eos_token"),
            ChatTemplates = ChatTemplates(config),
        };
    }

    private List<(string Name, string Template)> ChatTemplates(JsonFile? config)
    {
        var jinja = Path.Combine(_folder, "chat_template.jinja");
        if (File.Exists(jinja))
        {
            try
            {
                var length = new FileInfo(jinja).Length;
                return length <= LargestTemplate ? [("default", File.ReadAllText(jinja))] : throw new ModelFaultException(ModelFaults.FileMalformed, jinja, jinja, new Reason("FileTooLong", length, LargestTemplate));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelFaultException(ModelFaults.FileMalformed, jinja, jinja, e.Message);
            }
        }

        using var other = JsonFile.TryOpen(_folder, "chat_template.json");
        foreach (var file in new[] { other, config })
        {
            switch (file?.Find("chat_template"))
            {
                case { ValueKind: JsonValueKind.String } template:
                    return [("default", file.Text("chat_template", template))];
                case { ValueKind: JsonValueKind.Array } list:
                    return [.. list.EnumerateArray()
                        .Where(t => JsonFile.Find(t, "name") is not null && JsonFile.Find(t, "template") is not null)
                        .Select(t => (file.Text("name", JsonFile.Find(t, "name")!.Value), file.Text("template", JsonFile.Find(t, "template")!.Value)))
                        .DistinctBy(t => t.Item1)];
            }
        }

        return [];
    }

    // Where tokenizer_config.json says nothing, the template of tokenizer.json does.
    private static bool? BeginsWithBos(JsonFile? json)
    {
        if (json?.Find("post_processor") is not { } post)
        {
            return null;
        }

        var steps = JsonFile.Find(post, "processors") is { ValueKind: JsonValueKind.Array } sequence ? sequence.EnumerateArray().ToArray() : [post];
        foreach (var step in steps)
        {
            if (JsonFile.Find(step, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("TemplateProcessing")
                && JsonFile.Find(step, "single") is { ValueKind: JsonValueKind.Array } single && single.GetArrayLength() > 0)
            {
                return JsonFile.Find(single[0], "SpecialToken") is not null;
            }
        }

        return null;
    }

    // A model may end at several tokens: its configuration lists them.
    private static IEnumerable<int> Ids(JsonFile? file) => file?.Find("eos_token_id") is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Number).Select(e => e.TryGetInt32(out var id) ? id : -1).Where(id => id >= 0)
        : [];

    private static JsonElement Model(JsonFile json)
    {
        var model = json.Find("model") ?? throw json.Missing("model");
        var type = JsonFile.Find(model, "type") is { } told ? json.Text("model.type", told) : "BPE";
        return type == "BPE" ? model : throw Unsupported(json, "TokenizerModel", type);
    }

    private (string[] Tokens, TokenType[] Types) Tokens(JsonFile json, JsonElement model)
    {
        var vocabulary = JsonFile.Find(model, "vocab") is { ValueKind: JsonValueKind.Object } found ? found : throw json.Missing("model.vocab");
        var added = Added(json);
        var largest = added.Select(a => a.Id).DefaultIfEmpty(-1).Max();
        foreach (var entry in vocabulary.EnumerateObject())
        {
            largest = Math.Max(largest, entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var id) && id is >= 0 and < MostTokens
                ? id : throw json.Bad("model.vocab", new Reason("JsonInteger", 0, MostTokens), entry.Value));
        }

        var (tokens, types) = Empty(Size(json.Path, largest + 1));
        foreach (var entry in vocabulary.EnumerateObject())
        {
            var id = entry.Value.GetInt32();
            tokens[id] = types[id] == TokenType.Unused ? entry.Name : throw json.Malformed("TokenizerIdTwice", id);
            types[id] = TokenType.Normal;
        }

        var unknown = JsonFile.Find(model, "unk_token") is { ValueKind: JsonValueKind.String } token ? json.Text("unk_token", token) : null;
        foreach (var token1 in added)
        {
            (tokens[token1.Id], types[token1.Id]) = (token1.Text, token1.Content == unknown ? TokenType.Unknown : token1.Type);
        }

        return (tokens, types);
    }

    private static (string[] Tokens, TokenType[] Types) Empty(int size)
    {
        var types = new TokenType[size];
        Array.Fill(types, TokenType.Unused);
        return ([.. Enumerable.Range(0, size).Select(i => string.Create(CultureInfo.InvariantCulture, $"[PAD{i}]"))], types);
    }

    private int Size(string path, int tokens) => tokens <= (_size ?? MostTokens)
        ? _size ?? tokens
        : throw new ModelFaultException(ModelFaults.FileMalformed, path, path, new Reason("TokenizerLarger", tokens, _size ?? MostTokens));

    private List<AddedToken> Added(JsonFile? json)
    {
        var added = new SortedDictionary<int, AddedToken>();
        void Add(JsonFile file, int? id, JsonElement token)
        {
            if (id is not (>= 0 and < MostTokens))
            {
                throw file.Bad("added_tokens", new Reason("JsonInteger", 0, MostTokens), token);
            }

            var content = JsonFile.Find(token, "content") ?? throw file.Missing("content");
            added[id.Value] = new AddedToken(id.Value, file.Text("content", content), JsonFile.Find(token, "special") is { ValueKind: JsonValueKind.True });
        }

        using (var own = JsonFile.TryOpen(_folder, "added_tokens.json"))
        {
            foreach (var entry in own?.Root.EnumerateObject() ?? default)
            {
                var id = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out var number) && number is >= 0 and < MostTokens
                    ? number : throw own!.Bad(entry.Name, new Reason("JsonInteger", 0, MostTokens), entry.Value);
                added[id] = new AddedToken(id, entry.Name, Special: false);
            }
        }

        using (var config = JsonFile.TryOpen(_folder, "tokenizer_config.json"))
        {
            if (config?.Find("added_tokens_decoder") is { ValueKind: JsonValueKind.Object } decoder)
            {
                foreach (var entry in decoder.EnumerateObject())
                {
                    Add(config, int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null, entry.Value);
                }
            }
        }

        if (json?.Find("added_tokens") is { ValueKind: JsonValueKind.Array } tokens)
        {
            foreach (var token in tokens.EnumerateArray())
            {
                Add(json, JsonFile.Find(token, "id") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var id) ? id : null, token);
            }
        }

        return [.. added.Values];
    }

    private static List<(string Left, string Right)> Merges(JsonFile json, JsonElement model)
    {
        var merges = new List<(string, string)>();
        foreach (var merge in JsonFile.Find(model, "merges") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw json.Missing("model.merges"))
        {
            var (left, right) = merge switch
            {
                { ValueKind: JsonValueKind.Array } pair when pair.GetArrayLength() == 2 => (json.Text("merges", pair[0]), json.Text("merges", pair[1])),
                { ValueKind: JsonValueKind.String } text when json.Text("merges", text) is var both && both.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank => (both[..blank], both[(blank + 1)..]),
                _ => throw json.Bad("merges", new Reason("JsonPair"), merge),
            };

            // A GGUF parts the two by a blank.
            merges.Add(left.Length > 0 && right.Length > 0 && !left.Contains(' ', StringComparison.Ordinal) && !right.Contains(' ', StringComparison.Ordinal)
                ? (left, right) : throw json.Bad("merges", new Reason("JsonPair"), merge));
        }

        return merges;
    }

    // SentencePiece's blank before a text: a normalizer that prepends ▁, or Metaspace.
    private static bool AddsPrefix(JsonFile json)
    {
        var metaspace = JsonFile.Find(json.Root, "pre_tokenizer") is { } pre && JsonFile.Find(pre, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("Metaspace") ? pre : (JsonElement?)null;
        if (metaspace is { } found)
        {
            return JsonFile.Find(found, "prepend_scheme") is { ValueKind: JsonValueKind.String } scheme ? !scheme.ValueEquals("never") : JsonFile.Find(found, "add_prefix_space") is not { ValueKind: JsonValueKind.False };
        }

        return json.Find("normalizer") is { } normalizer && normalizer.GetRawText().Contains("\"Prepend\"", StringComparison.Ordinal);
    }

    private static bool IsByte(string token) =>
        token is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low);

    private static string? TextOf(JsonFile file, string name, JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => file.Text(name, token),
        JsonValueKind.Object when JsonFile.Find(token, "content") is { } content => file.Text(name, content),
        _ => null,
    };

    private static ModelFaultException Unsupported(JsonFile json, string reason, params object[] arguments) =>
        new(ModelFaults.TokenizerUnsupported, json.Path, json.Path, new Reason(reason, arguments));
}
