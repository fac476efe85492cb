namespace QaBuild.Dataset.Importing;

/// <summary>Takes EOS tokens off the ends of texts: the compiler adds the one of the model that is trained.</summary>
internal sealed class EosTokens(string? own)
{
    private const string Blanks = " \t\n";
    private static readonly string[] Usual = ["<|endoftext|>", "</s>", "<|im_end|>", "<|eot_id|>"];
    private readonly string[] _tokens = string.IsNullOrEmpty(own) ? Usual : [own, .. Usual.Where(t => t != own)];

    /// <summary>Texts that were shortened.</summary>
    public long Removed { get; private set; }

    /// <summary>The text without the EOS tokens at its end.</summary>
    public string TakeOff(string text)
    {
        var rest = text.AsSpan().TrimEnd(Blanks);
        var was = rest.Length;
        while (AtEnd(rest) is { } token)
        {
            rest = rest[..^token.Length].TrimEnd(Blanks);
        }

        if (rest.Length == was)
        {
            return text;
        }

        Removed++;
        return rest.ToString();
    }

    private string? AtEnd(ReadOnlySpan<char> text)
    {
        foreach (var token in _tokens)
        {
            if (text.EndsWith(token, StringComparison.Ordinal) && !ClosesTag(text, token))
            {
                return token;
            }
        }

        return null;
    }

    // <s>…</s> is struck-out text in HTML, and its end is no EOS.
    private bool ClosesTag(ReadOnlySpan<char> text, string token) => token == "</s>" && token != own && text.Count("<s>") >= text.Count("</s>");
}
