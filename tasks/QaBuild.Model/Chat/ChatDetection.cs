using System.Text.RegularExpressions;

namespace QaBuild.Model.Chat;

/// <summary>
/// Tells the format of a template in Jinja by the marks that it writes. Jinja is not run: it is a program from whoever made the model. The tests are those of
/// <c>llm_chat_detect_template</c> in llama.cpp, so that both take a model for the same.
/// </summary>
internal static partial class ChatDetection
{
    /// <summary>The format of a template, or null when it is none that is known.</summary>
    public static ChatFormat? FormatOf(string jinja)
    {
        bool Has(string mark) => jinja.Contains(mark, StringComparison.Ordinal);
        if (Has("<|im_start|>"))
        {
            // Phi 4 and SmolVLM use the mark otherwise.
            return Has("<|im_sep|>") || Has("<end_of_utterance>") ? null : ChatFormat.ChatMl;
        }

        if (Has("[INST]"))
        {
            return MistralOf(Has);
        }

        return Has("<start_of_turn>") ? ChatFormat.Gemma
            : Has("<|start_header_id|>") && Has("<|end_header_id|>") ? ChatFormat.Llama3
            : null;
    }

    /// <summary>What a template says for the system in a conversation that has no system message, as Qwen2.5's does; null when it says nothing.</summary>
    public static string? DefaultSystemOf(string jinja) => DefaultSystem().Match(jinja) is { Success: true } match ? match.Groups["text"].Value : null;

    private static ChatFormat? MistralOf(Func<string, bool> has)
    {
        if (has("[SYSTEM_PROMPT]"))
        {
            return has("[INST] ") ? ChatFormat.MistralV7 : ChatFormat.MistralV7Tekken;
        }

        if (has("' [INST] ' + system_message") || has("[AVAILABLE_TOOLS]"))
        {
            return has(" [INST]") ? ChatFormat.MistralV1 : has("\"[INST]\"") ? ChatFormat.MistralV3Tekken : ChatFormat.MistralV3;
        }

        // Llama 2 has the same marks, and more.
        return has("<<SYS>>") || has("content.strip()") || has("bos_token + '[INST]") ? null : ChatFormat.MistralPlain;
    }

    // A literal of the template: the message that a conversation brings is joined to the marks by '+', and so is no match.
    [GeneratedRegex("""<\|im_start\|>system(?:\\n|\n)(?<text>[^'"{}<>\\\n]+)<\|im_end\|>""")]
    private static partial Regex DefaultSystem();
}
