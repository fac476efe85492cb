using QaBuild.Model.BaseModels;
using QaBuild.Model.Chat;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Tests.Chat;

/// <summary>What chat templates are tried with.</summary>
internal static class Conversations
{
    /// <summary>What models' own templates look like, as far as it decides which family they are of; with what ends an answer there.</summary>
    public static IReadOnlyDictionary<string, (string Jinja, string Terminator)> Templates { get; } = new Dictionary<string, (string, string)>
    {
        ["chatml"] = ("{% for m in messages %}{{'<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n'}}{% endfor %}", "<|im_end|>"),
        ["qwen2.5"] = (
            "{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}"
            + "{%- else %}{{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}{%- endif %}", "<|im_end|>"),
        ["llama3"] = ("{% for m in messages %}{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + '<|eot_id|>' }}{% endfor %}", "<|eot_id|>"),
        ["mistral-plain"] = ("{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}{{ '[INST] ' + m['content'] + ' [/INST]' }}{% else %}{{ m['content'] + eos_token + ' ' }}{% endif %}{% endfor %}", "</s>"),
        ["mistral-v1"] = ("{{ ' [INST] ' + system_message + '\\n\\n' + m['content'] + ' [/INST]' }}{{ ' ' + m['content'] + eos_token }}", "</s>"),
        ["mistral-v3"] = ("{{ '[AVAILABLE_TOOLS] ' + tools + '[/AVAILABLE_TOOLS]' }}{{ '[INST] ' + m['content'] + '[/INST]' }}", "</s>"),
        ["mistral-v3-tekken"] = ("{{ \"[AVAILABLE_TOOLS]\" }}{{ \"[INST]\" + m['content'] + \"[/INST]\" }}", "</s>"),
        ["mistral-v7"] = ("{{ '[SYSTEM_PROMPT] ' + system_message + '[/SYSTEM_PROMPT]' }}{{ '[INST] ' + m['content'] + '[/INST]' }}", "</s>"),
        ["gemma"] = ("{{ '<start_of_turn>' + role + '\\n' + m['content'] | trim + '<end_of_turn>\\n' }}", "<end_of_turn>"),
    };

    public static IReadOnlyDictionary<string, ChatMessage[]> All { get; } = new Dictionary<string, ChatMessage[]>
    {
        ["one turn"] = [Asked("What is MVCC?")],
        ["a system message"] = [Instructed("You answer questions about \"PostgreSQL\".\nBriefly."), Asked("什么是 MVCC？")],
        ["several turns"] = [Asked("What is MVCC?"), Answered("Many versions\n\nof a row."), Asked("And `vacuum`?"), Answered("{{ it }} removes <dead> ones."), Asked("When?")],
        ["several turns and a system message"] = [Instructed("Be brief."), Asked("What is MVCC?"), Answered("Many versions."), Asked("And vacuum?")],
    };

    public static ChatMessage Instructed(string content) => new("system", content);

    public static ChatMessage Asked(string content) => new("user", content);

    public static ChatMessage Answered(string content) => new("assistant", content);

    /// <summary>A base model of which only the template and the tokens matter.</summary>
    public static BaseModelDescription BaseOf(string? jinja, string? eos, params string[] special) => new()
    {
        Source = "gguf",
        Name = "base",
        Gguf = "base.gguf",
        HasWeights = false,
        Architecture = "llama",
        Layers = 0,
        Width = 0,
        Heads = 0,
        KeyHeads = 0,
        FeedForward = 0,
        Parameters = 0,
        Type = "",
        Context = 0,
        Vocabulary = 9,
        Tokenizer = "",
        Bos = null,
        Eos = eos is null ? null : new NamedToken(2, eos),
        EndOfTurn = null,
        Padding = null,
        AddsBos = false,
        SpecialTokens = special,
        ChatTemplate = jinja,
    };

    /// <summary>The template of one of <see cref="Templates"/>.</summary>
    public static ChatTemplate Template(string name) => ChatTemplate.Of(BaseOf(Templates[name].Jinja, Templates[name].Terminator));
}
