namespace QaBuild.Model.Chat;

/// <summary>
/// What a chat template writes around what is said: the one definition that training, asking and the Modelfile go by. The beginning of the text (BOS) is not part of
/// it: the tokenizer adds that where the model wants it.
/// </summary>
/// <param name="Name">The name that llama.cpp's chat templates have for it; empty for <see cref="ChatFamily.Raw"/>.</param>
/// <param name="Family">Which family it is of.</param>
/// <param name="System">Around a system message.</param>
/// <param name="User">Around a question.</param>
/// <param name="Assistant">Around an answer; what stands before it is also what asks for one.</param>
/// <param name="Terminator">Ends an answer and is part of it; empty for <see cref="ChatFamily.Raw"/>, where the text brings it.</param>
internal sealed record ChatFormat(string Name, ChatFamily Family, Marks System, Marks User, Marks Assistant, string Terminator)
{
    /// <summary>ChatML.</summary>
    public static ChatFormat ChatMl { get; } = new(
        "chatml", ChatFamily.ChatMl, new("<|im_start|>system\n", "<|im_end|>\n"), new("<|im_start|>user\n", "<|im_end|>\n"), new("<|im_start|>assistant\n", "\n"), "<|im_end|>");

    /// <summary>Llama 3's.</summary>
    public static ChatFormat Llama3 { get; } = new(
        "llama3", ChatFamily.Llama3, Header("system") with { After = "<|eot_id|>" }, Header("user") with { After = "<|eot_id|>" }, Header("assistant"), "<|eot_id|>")
    {
        TrimsQuestions = true,
        TrimsAnswers = true,
    };

    /// <summary>Gemma's: what the system says stands in the first question.</summary>
    public static ChatFormat Gemma { get; } = new(
        "gemma", ChatFamily.Gemma, new("", "\n\n"), new("<start_of_turn>user\n", "<end_of_turn>\n"), new("<start_of_turn>model\n", "\n"), "<end_of_turn>")
    {
        SystemInQuestion = true,
        TrimsQuestions = true,
        TrimsAnswers = true,
    };

    /// <summary>Mistral's of 7B Instruct v0.1 and v0.2, as their first files have it.</summary>
    public static ChatFormat MistralPlain { get; } = Mistral("llama2", "[INST] ", " [/INST]", "") with { System = new("", "\n") };

    /// <summary>Mistral's first tokenizer's (7B Instruct v0.2, Mixtral 8x7B).</summary>
    public static ChatFormat MistralV1 { get; } = Mistral("mistral-v1", " [INST] ", " [/INST]", " ");

    /// <summary>Mistral's third tokenizer's (7B Instruct v0.3).</summary>
    public static ChatFormat MistralV3 { get; } = Mistral("mistral-v3", "[INST] ", "[/INST]", " ") with { TrimsAnswers = true };

    /// <summary>The same with the Tekken tokenizer (Nemo).</summary>
    public static ChatFormat MistralV3Tekken { get; } = Mistral("mistral-v3-tekken", "[INST]", "[/INST]", "");

    /// <summary>Mistral's seventh tokenizer's (Large 2411): a system message has marks of its own.</summary>
    public static ChatFormat MistralV7 { get; } = Mistral("mistral-v7", "[INST] ", "[/INST]", " ") with { System = new("[SYSTEM_PROMPT] ", "[/SYSTEM_PROMPT]"), SystemInQuestion = false };

    /// <summary>The same with the Tekken tokenizer (Small 3).</summary>
    public static ChatFormat MistralV7Tekken { get; } = Mistral("mistral-v7-tekken", "[INST]", "[/INST]", "") with { System = new("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"), SystemInQuestion = false };

    /// <summary>Nothing around anything.</summary>
    public static ChatFormat Raw { get; } = new("", ChatFamily.Raw, Marks.None, Marks.None, Marks.None, "");

    /// <summary>All that there are.</summary>
    public static IReadOnlyList<ChatFormat> All { get; } = [ChatMl, Llama3, MistralPlain, MistralV1, MistralV3, MistralV3Tekken, MistralV7, MistralV7Tekken, Gemma, Raw];

    /// <summary>Whether a system message stands in the question that follows it, ahead of what is asked.</summary>
    public bool SystemInQuestion { get; init; }

    /// <summary>Begins an answer and is part of it: the model writes it.</summary>
    public string BeforeAnswer { get; init; } = "";

    /// <summary>Whether white space at the ends of questions and system messages is left out.</summary>
    public bool TrimsQuestions { get; init; }

    /// <summary>Whether white space at the ends of answers is left out.</summary>
    public bool TrimsAnswers { get; init; }

    private static Marks Header(string role) => new($"<|start_header_id|>{role}<|end_header_id|>\n\n", "");

    private static ChatFormat Mistral(string name, string before, string after, string beforeAnswer) =>
        new(name, ChatFamily.Mistral, new("", "\n\n"), new(before, after), Marks.None, "</s>") { SystemInQuestion = true, BeforeAnswer = beforeAnswer };
}

/// <summary>What stands before and after a text.</summary>
internal readonly record struct Marks(string Before, string After)
{
    public static Marks None { get; } = new("", "");
}
