namespace QaBuild.Dataset.Emission;

/// <summary>Ends prompts and answers with the EOS token.</summary>
/// <param name="Eos">The token.</param>
/// <param name="Placement">Where it stands.</param>
internal sealed record Terminator(string Eos, EosPlacement Placement)
{
    /// <summary>The prompt, ended when EOS stands on both.</summary>
    public string EndPrompt(string prompt) => Placement == EosPlacement.Both ? End(prompt) : prompt;

    /// <summary>The answer, ended by exactly one EOS unless the placement says none.</summary>
    public string EndAnswer(string answer) => Placement == EosPlacement.None ? answer : End(answer);

    private string End(string text) => text.EndsWith(Eos, StringComparison.Ordinal) ? text : text + Eos;
}
