using QaBuild.Model.BaseModels;
using QaBuild.Model.Inference;

namespace QaBuild.Model.Chat;

/// <summary>
/// How a conversation becomes the text that a base model reads. The one definition for training, asking and packaging: what a model was trained with is what it is asked
/// with. It writes what llama.cpp's chat templates write, to the byte, after <see cref="Complete"/>.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>What chooses a template where the base model's own is not known: the names of the property <c>ChatTemplate</c>.</summary>
    public const string Names = "chatml, llama3, mistral, gemma, raw";

    private const string SystemRole = "system";
    private const string UserRole = "user";
    private const string AssistantRole = "assistant";

    // As isspace() has it.
    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    internal ChatTemplate(ChatFormat format, string? defaultSystem, IReadOnlyList<string> terminators) => (Format, DefaultSystem, Terminators) = (format, defaultSystem, terminators);

    /// <summary>Which family it is of.</summary>
    public ChatFamily Family => Format.Family;

    /// <summary>The name that llama.cpp has for it; empty for <see cref="ChatFamily.Raw"/>.</summary>
    public string Name => Format.Name;

    /// <summary>What the model is told when a conversation has no system message, or null: Qwen2.5's own template says that it is Qwen.</summary>
    public string? DefaultSystem { get; }

    /// <summary>The tokens that end an answer: first the one that this template writes, then others at which the model stops.</summary>
    public IReadOnlyList<string> Terminators { get; }

    /// <summary>Begins an answer and is part of it, since the model writes it itself: Mistral's space. What a model says is compared without it.</summary>
    public string BeforeAnswer => Format.BeforeAnswer;

    internal ChatFormat Format { get; }

    /// <summary>The template of a base model: the chosen one, else the one that its own Jinja is; a model without one is asked raw.</summary>
    /// <param name="model">Its Jinja template and its special tokens.</param>
    /// <param name="chosen">The property <c>ChatTemplate</c>; empty to go by the model.</param>
    /// <exception cref="ModelFaultException">QA8020: the model's own template is none that is known; QA8021: the chosen one is none, or does not fit the model.</exception>
    public static ChatTemplate Of(BaseModelDescription model, string? chosen = null)
    {
        var own = model.ChatTemplate is { Length: > 0 } jinja ? ChatDetection.FormatOf(jinja) : ChatFormat.Raw;
        var format = string.IsNullOrEmpty(chosen) ? own ?? throw new ModelFaultException(ModelFaults.ChatTemplateUnknown, "", model.Name, Names) : Chosen(chosen, own);
        var known = new[] { model.Eos?.Text, model.EndOfTurn?.Text }.OfType<string>().ToArray();
        if (format.Terminator.Length > 0 && !known.Contains(format.Terminator) && !model.SpecialTokens.Contains(format.Terminator))
        {
            throw new ModelFaultException(ModelFaults.ChatTemplateUnfit, "", FamilyName(format.Family), new Reason("ChatNoTerminator", format.Terminator, model.Name));
        }

        if (known.Length == 0 && format.Family == ChatFamily.Raw)
        {
            throw new ModelFaultException(ModelFaults.ChatTemplateUnfit, "", FamilyName(format.Family), new Reason("ChatNoEos", model.Name));
        }

        return new ChatTemplate(
            format,
            format.Family == ChatFamily.ChatMl && own == format ? ChatDetection.DefaultSystemOf(model.ChatTemplate!) : null,
            [.. new[] { format.Terminator }.Concat(known).Where(t => t.Length > 0).Distinct()]);
    }

    /// <summary>The conversation as it is told: with the template's own system message ahead when it has none.</summary>
    public IReadOnlyList<ChatMessage> Complete(IReadOnlyList<ChatMessage> messages) =>
        DefaultSystem is null || messages is [{ Role: SystemRole }, ..] ? messages : [new ChatMessage(SystemRole, DefaultSystem), .. messages];

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">Of the roles system, user and assistant.</param>
    /// <param name="addGenerationPrompt">Whether an answer is asked for at the end.</param>
    /// <exception cref="ModelFaultException">QA8022: the template has no way to write it.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => string.Concat(Segments(messages, addGenerationPrompt).Select(s => s.Text));

    /// <summary>The text of a conversation, in stretches that are answers and such that are not, in turn. Joined, they are what <see cref="Render"/> gives.</summary>
    /// <remarks>
    /// An answer that brings a terminator of the model at its end, as rows of completions do, keeps one and no more: the template's. <see cref="ChatFamily.Raw"/> adds
    /// nothing, so that a row must bring its own.
    /// </remarks>
    /// <inheritdoc cref="Render"/>
    public IReadOnlyList<ChatSegment> Segments(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        var text = new SegmentedText();
        var system = "";
        foreach (var (role, content) in Complete(messages))
        {
            switch (role)
            {
                case SystemRole when Family == ChatFamily.Raw:
                    throw Unwritable(new Reason("ChatRawSystem"));
                case SystemRole when Format.SystemInQuestion:
                    system += Format.System.Before + Trimmed(content, Format.TrimsQuestions) + Format.System.After;
                    break;
                case SystemRole:
                    text.Add(Format.System.Before + Trimmed(content, Format.TrimsQuestions) + Format.System.After, isAnswer: false);
                    break;
                case UserRole when Family == ChatFamily.Raw && text.Any:
                    throw Unwritable(new Reason("ChatRawTurns"));
                case UserRole:
                    text.Add(Format.User.Before + system + Trimmed(content, Format.TrimsQuestions) + Format.User.After, isAnswer: false);
                    system = "";
                    break;
                case AssistantRole:
                    text.Add(Format.Assistant.Before, isAnswer: false);
                    text.Add(Answer(content), isAnswer: true);
                    text.Add(Format.Assistant.After, isAnswer: false);
                    break;
                default:
                    throw Unwritable(new Reason("ChatRoleUnknown", role));
            }
        }

        if (system.Length > 0)
        {
            throw Unwritable(new Reason("ChatSystemLast"));
        }

        if (addGenerationPrompt)
        {
            text.Add(Format.Assistant.Before, isAnswer: false);
        }

        return text.Segments;
    }

    /// <summary>A family as the property <c>ChatTemplate</c> names it.</summary>
    public static string FamilyName(ChatFamily family) => family switch
    {
        ChatFamily.ChatMl => "chatml",
        ChatFamily.Llama3 => "llama3",
        ChatFamily.Mistral => "mistral",
        ChatFamily.Gemma => "gemma",
        _ => "raw",
    };

    private static ChatFormat Chosen(string name, ChatFormat? own)
    {
        foreach (var family in Enum.GetValues<ChatFamily>())
        {
            if (FamilyName(family) == name)
            {
                // Of Mistral's, the one that the model's own template is.
                return own?.Family == family ? own : family == ChatFamily.Mistral ? ChatFormat.MistralV3 : ChatFormat.All.First(f => f.Family == family);
            }
        }

        throw new ModelFaultException(ModelFaults.ChatTemplateUnfit, "", name, new Reason("ChatNoSuchTemplate", Names));
    }

    private static string Trimmed(string text, bool trims) => trims ? text.Trim(WhiteSpace) : text;

    private string Answer(string content)
    {
        if (Family == ChatFamily.Raw)
        {
            return content;
        }

        while (Terminators.FirstOrDefault(t => content.EndsWith(t, StringComparison.Ordinal)) is { } end)
        {
            content = content[..^end.Length];
        }

        return Format.BeforeAnswer + Trimmed(content, Format.TrimsAnswers) + Format.Terminator;
    }

    private ModelFaultException Unwritable(Reason reason) => new(ModelFaults.ConversationUnwritable, "", FamilyName(Family), reason);

    /// <summary>Joins neighbours of one kind.</summary>
    private sealed class SegmentedText
    {
        private readonly List<ChatSegment> _segments = [];

        public IReadOnlyList<ChatSegment> Segments => _segments;

        public bool Any => _segments.Count > 0;

        public void Add(string text, bool isAnswer)
        {
            if (text.Length == 0)
            {
                return;
            }

            if (_segments is [.., var last] && last.IsAnswer == isAnswer)
            {
                _segments[^1] = last with { Text = last.Text + text };
                return;
            }

            _segments.Add(new ChatSegment(text, isAnswer));
        }
    }
}
