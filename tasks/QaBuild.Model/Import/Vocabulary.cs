using QaBuild.Model.Gguf;

namespace QaBuild.Model.Import;

/// <summary>A tokenizer as GGUF holds it.</summary>
/// <param name="Model"><c>gpt2</c> for byte-level BPE, <c>llama</c> for SentencePiece's BPE.</param>
/// <param name="Pre">How text is cut before BPE, by llama.cpp's name.</param>
/// <param name="Tokens">By id.</param>
/// <param name="Types">Of each token.</param>
internal sealed record Vocabulary(string Model, string Pre, string[] Tokens, TokenType[] Types)
{
    /// <summary>Four times the largest in use: more is a mistake, and would cost memory before it shows.</summary>
    public const int MostTokens = 1 << 20;

    /// <summary>Of SentencePiece: which pair is merged first.</summary>
    public float[]? Scores { get; init; }

    /// <summary>Of byte-level BPE: <c>a b</c>, in the order of merging.</summary>
    public string[]? Merges { get; init; }

    public int? Bos { get; init; }

    public int? Eos { get; init; }

    /// <summary>Ends a turn; where none is told, llama.cpp takes any of several that it knows by their text.</summary>
    public int? EndOfTurn { get; init; }

    public int? Unknown { get; init; }

    public int? Padding { get; init; }

    public bool? AddBos { get; init; }

    public bool? AddEos { get; init; }

    public bool? AddSpacePrefix { get; init; }

    /// <summary>In Jinja, by name; <c>default</c> is the one that is used.</summary>
    public IReadOnlyList<(string Name, string Template)> ChatTemplates { get; init; } = [];

    /// <summary>Adds the tokenizer's keys.</summary>
    public void WriteTo(GgufWriter writer)
    {
        writer.Add("tokenizer.ggml.model", Model);
        writer.Add("tokenizer.ggml.pre", Pre);
        writer.Add("tokenizer.ggml.tokens", Tokens);
        writer.AddIfAny("tokenizer.ggml.scores", Scores);
        writer.Add("tokenizer.ggml.token_type", Array.ConvertAll(Types, t => (int)t));
        writer.AddIfAny("tokenizer.ggml.merges", Merges);
        writer.AddIfAny("tokenizer.ggml.bos_token_id", (uint?)Bos);
        writer.AddIfAny("tokenizer.ggml.eos_token_id", (uint?)Eos);
        writer.AddIfAny("tokenizer.ggml.eot_token_id", (uint?)EndOfTurn);
        writer.AddIfAny("tokenizer.ggml.unknown_token_id", (uint?)Unknown);
        writer.AddIfAny("tokenizer.ggml.padding_token_id", (uint?)Padding);
        writer.AddIfAny("tokenizer.ggml.add_bos_token", AddBos);
        writer.AddIfAny("tokenizer.ggml.add_eos_token", AddEos);
        writer.AddIfAny("tokenizer.ggml.add_space_prefix", AddSpacePrefix);
        var named = ChatTemplates.Where(t => t.Name != "default").ToArray();
        if (named.Length > 0)
        {
            writer.Add("tokenizer.chat_templates", Array.ConvertAll(named, t => t.Name));
        }

        foreach (var (name, template) in ChatTemplates.Where(t => t.Name == "default").Take(1).Concat(named))
        {
            writer.Add(name == "default" ? "tokenizer.chat_template" : $"tokenizer.chat_template.{name}", template);
        }
    }
}
