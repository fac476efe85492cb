namespace QaBuild.Model.Chat;

/// <summary>The families of chat templates that a model can be trained, asked and packaged with.</summary>
public enum ChatFamily
{
    /// <summary>Turns between <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>: Qwen and many others.</summary>
    ChatMl,

    /// <summary>Roles between <c>&lt;|start_header_id|&gt;</c> and <c>&lt;|end_header_id|&gt;</c>: Llama 3.</summary>
    Llama3,

    /// <summary>Questions between <c>[INST]</c> and <c>[/INST]</c>: Mistral.</summary>
    Mistral,

    /// <summary>Turns between <c>&lt;start_of_turn&gt;</c> and <c>&lt;end_of_turn&gt;</c>: Gemma.</summary>
    Gemma,

    /// <summary>No template: the answer follows the question, and nothing is added.</summary>
    Raw,
}
