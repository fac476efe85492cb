namespace QaBuild.Dataset.Emission;

/// <summary>Ends prompts and answers with the EOS token.</summary>
/// <param name="Eos">The token.</param>
/// <param name="Placement">Where it stands.</param>
internal sealed record Terminator(string Eos, EosPlacement Placement)
{
    /// <summary>What must follow a prompt: the EOS token when it stands on both.</summary>
    public string AfterPrompt(string prompt) => Placement == EosPlacement.Both ? After(prompt) : "";

    /// <summary>What must follow an answer so that it ends with exactly one EOS token; nothing when the placement says none.</summary>
    public string AfterAnswer(string answer) => Placement == EosPlacement.None ? "" : After(answer);

    private string After(string text) => text.EndsWith(Eos, StringComparison.Ordinal) ? "" : Eos;
}
