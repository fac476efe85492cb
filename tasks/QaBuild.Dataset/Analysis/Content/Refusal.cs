using System.Buffers;

namespace QaBuild.Dataset.Analysis.Content;

/// <summary>Tells an answer in which a chat model excuses itself from one that answers.</summary>
internal static class Refusal
{
    /// <summary>So only a model speaks of itself.</summary>
    public static string[] Confessions =>
        ["as an ai,", "as an ai language", "as an ai model", "as an ai assistant", "m an ai language", "m just an ai",
            "as a language model", "as a large language model", "as an artificial intelligence", "<nooutput>", "limitation of gpt", "limitations of gpt", "cannot complete this task", "unable to perform this task", "unreliable generation"];

    private static readonly string[] Apologies = ["sorry", "i'm sorry", "i’m sorry", "i am sorry", "i apologize", "my apologies", "unfortunately", "抱歉", "很抱歉", "非常抱歉", "对不起", "不好意思"];

    private static readonly string[] Refusals =
    [
        "i cannot assist", "i can't assist", "i cannot help", "i can't help", "i cannot fulfill", "i can't fulfill", "i cannot provide", "i can't provide", "i cannot answer", "i can't answer", "i cannot create", "i can't create",
        "i cannot generate", "i can't generate", "i cannot complete", "i am unable to provide", "i'm unable to provide", "i am unable to answer", "i am not able to provide", "我无法回答", "我无法提供", "我不能回答", "我不能提供", "我无法满足", "我无法完成",
    ];

    private static readonly string Initials = string.Concat(Apologies.Concat(Refusals).Select(p => p[..1] + p[..1].ToUpperInvariant()));

    public static bool IsOne(ReadOnlySpan<char> question, MarkedText answer) =>
        (Confesses(answer) || (Opens(answer.Text) && !question.ContainsAny(Words.OfApologies))) && !question.ContainsAny(Words.OfModels);

    private static bool Confesses(MarkedText answer) => answer.Has(Marks.Confession) || (answer.Han > 0 && answer.Text.ContainsAny(Words.HanConfessions));

    private static bool Opens(ReadOnlySpan<char> answer)
    {
        const int Opening = 160;
        var start = answer.TrimStart();
        start = start[..Math.Min(start.Length, Opening)];
        return start.Length > 0 && Initials.Contains(start[0]) && (StartsWithAny(start, Refusals) || (StartsWithAny(start, Apologies) && start.ContainsAny(Words.Inability)));
    }

    private static bool StartsWithAny(ReadOnlySpan<char> text, string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            if (text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Made when an answer first gives cause to look for them.</summary>
    private static class Words
    {
        public static readonly SearchValues<string> HanConfessions = SearchValues.Create(
            ["作为一个AI", "作为一款AI", "作为一名AI", "作为AI", "作为一个人工智能", "作为一款人工智能", "作为人工智能", "作为一个语言模型", "作为一个大语言模型", "作为语言模型", "作为大语言模型",
                "由于我是一个人工智能", "我是一个人工智能语言模型", "我只是一个人工智能", "我只是一个AI"],
            StringComparison.Ordinal);

        public static readonly SearchValues<string> Inability = SearchValues.Create(
            ["i can't", "i can’t", "i cannot", "i can not", "we cannot", "i'm unable", "i’m unable", "i am unable", "i'm not able", "i’m not able", "i am not able", "i don't have access", "i do not have access", "the task ", "this task ", "我无法", "我不能", "无法提供", "无法回答", "无法完成", "不能提供", "不能回答", "没有办法"],
            StringComparison.OrdinalIgnoreCase);

        // Who asks about models, or for an apology, gets one.
        public static readonly SearchValues<string> OfModels = SearchValues.Create(
            ["an ai ", "an ai?", "ai assistant", "chatbot", "language model", "gpt", "人工智能", "语言模型", "AI助手", "聊天机器人"], StringComparison.OrdinalIgnoreCase);

        public static readonly SearchValues<string> OfApologies = SearchValues.Create(
            ["apolog", "sorry", "excuse", "decline", "refus", "reject", "reply", "respon", "dialog", "conversation", "道歉", "抱歉", "拒绝", "回绝", "回复", "借口", "对话", "客服"], StringComparison.OrdinalIgnoreCase);
    }
}
