namespace QaBuild.Model;

/// <summary>The codes of <c>schema/diagnostics.json</c> that are found here.</summary>
public static class ModelFaults
{
    /// <summary>A GGUF, safetensors, tokenizer or configuration file is malformed: <c>{0}</c> the file, <c>{1}</c> the reason.</summary>
    public const string FileMalformed = "QA7003";
}
