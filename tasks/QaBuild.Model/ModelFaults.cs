namespace QaBuild.Model;

/// <summary>The codes of <c>schema/diagnostics.json</c> that are found here.</summary>
public static class ModelFaults
{
    /// <summary>A GGUF, safetensors, tokenizer or configuration file is malformed: <c>{0}</c> the file, <c>{1}</c> the reason.</summary>
    public const string FileMalformed = "QA7003";

    /// <summary>The model is of a kind that cannot be imported: <c>{0}</c> what it is, <c>{1}</c> what can be.</summary>
    public const string ArchitectureUnsupported = "QA7004";

    /// <summary>The tokenizer is of a kind that cannot be imported: <c>{0}</c> the file, <c>{1}</c> the reason.</summary>
    public const string TokenizerUnsupported = "QA7005";

    /// <summary>The base model is not there or is none: <c>{0}</c> what was asked for, <c>{1}</c> the reason.</summary>
    public const string BaseModelUnusable = "QA7006";

    /// <summary>llama.cpp cannot be used: <c>{0}</c> the reason, <c>{1}</c> what mends it.</summary>
    public const string LlamaCppMissing = "QA7007";

    /// <summary>The process that does the native work died: <c>{0}</c> the model, <c>{1}</c> how it ended, <c>{2}</c> its last words.</summary>
    public const string NativeCrash = "QA7008";

    /// <summary>llama.cpp refuses a model, or what is asked of it: <c>{0}</c> the model, <c>{1}</c> the reason.</summary>
    public const string ModelNotLoaded = "QA7009";

    /// <summary>An adapter cannot be used: <c>{0}</c> its file, <c>{1}</c> the reason.</summary>
    public const string AdapterUnusable = "QA7010";

    /// <summary>A recipe cannot be used: <c>{0}</c> its file, <c>{1}</c> the reason.</summary>
    public const string RecipeUnusable = "QA7012";

    /// <summary>A recipe has a key that is not known: <c>{0}</c> the key, <c>{1}</c> the nearest one, <c>{2}</c> those that are.</summary>
    public const string RecipeKeyUnknown = "QA7013";

    /// <summary>A recipe has a key of mlx-lm's that has no effect here: <c>{0}</c> the key.</summary>
    public const string RecipeKeyIgnored = "QA7014";

    /// <summary>A row is of no format that can be learned: <c>{0}</c> the reason.</summary>
    public const string TrainingRowMalformed = "QA7015";

    /// <summary>A row has no token that is learned: <c>{0}</c> its id.</summary>
    public const string TrainingRowNoAnswer = "QA7016";

    /// <summary>A row does not end with the one token that ends an answer: <c>{0}</c> its id, <c>{1}</c> the reason.</summary>
    public const string TrainingRowNoTerminator = "QA7017";

    /// <summary>A row is longer than the recipe allows: <c>{0}</c> its id, <c>{1}</c> its tokens, <c>{2}</c> those that are allowed.</summary>
    public const string TrainingRowTooLong = "QA7018";

    /// <summary>There are no rows to learn: <c>{0}</c> the file, <c>{1}</c> the reason.</summary>
    public const string TrainingDataMissing = "QA7019";

    /// <summary>Training went astray: <c>{0}</c> the batch, <c>{1}</c> how, <c>{2}</c> its rows, <c>{3}</c> the learning rate.</summary>
    public const string TrainingDiverged = "QA7020";

    /// <summary>The memory does not suffice: <c>{0}</c> the tokens of the largest batch.</summary>
    public const string TrainingMemory = "QA7021";

    /// <summary>Training may not fit into the memory: <c>{0}</c> megabytes that it takes, <c>{1}</c> that there are.</summary>
    public const string TrainingMemoryTight = "QA7022";

    /// <summary>Another trainer failed: <c>{0}</c> its command, <c>{1}</c> the reason.</summary>
    public const string TrainerFailed = "QA7023";

    /// <summary>A setting of training cannot be used: <c>{0}</c> the property, <c>{1}</c> the reason.</summary>
    public const string TrainingSetting = "QA7024";

    /// <summary>Rows were cut to the longest that the recipe allows: <c>{0}</c> how many, <c>{1}</c> the tokens.</summary>
    public const string TrainingRowsCut = "QA7025";

    /// <summary>Another process trains in the same folder: <c>{0}</c> the folder.</summary>
    public const string TrainingUnderWay = "QA7026";

    /// <summary>What was trained is no LoRA, so that it becomes a whole model for llama.cpp: <c>{0}</c> what it is, <c>{1}</c> the whole model.</summary>
    public const string AdapterHasNoGguf = "QA7030";

    /// <summary>A model did not pass a gate: <c>{0}</c> the gate, <c>{1}</c> its limit, <c>{2}</c> what was measured.</summary>
    public const string EvaluationGate = "QA7031";

    /// <summary>Nobody answers where Ollama should be, or the line broke: <c>{0}</c> the address, <c>{1}</c> the reason.</summary>
    public const string OllamaUnreachable = "QA8001";

    /// <summary>Ollama does not do what it was asked to: <c>{0}</c> the address or name, <c>{1}</c> what it said.</summary>
    public const string OllamaRefused = "QA8002";

    /// <summary>A quantization is not known, or the tensors' shapes do not allow it: <c>{0}</c> its name, <c>{1}</c> the reason and what to choose.</summary>
    public const string QuantizationImpossible = "QA8003";

    /// <summary>A weight does not fit the type it is written in: <c>{0}</c> the tensor, <c>{1}</c> the type.</summary>
    public const string WeightsNotFinite = "QA8004";

    /// <summary>The answer gate has nothing to ask: <c>{0}</c> the file of rows.</summary>
    public const string GateHasNoQuestions = "QA8007";

    /// <summary>A property of packaging cannot have its value: <c>{0}</c> the property, <c>{1}</c> the value, <c>{2}</c> what it can be.</summary>
    public const string PackagingSetting = "QA8008";

    /// <summary>The base model's own chat template is none that is known here: <c>{0}</c> the model, <c>{1}</c> the names to choose from.</summary>
    public const string ChatTemplateUnknown = "QA8020";

    /// <summary>The chosen chat template is none, or does not fit the model: <c>{0}</c> its name, <c>{1}</c> the reason.</summary>
    public const string ChatTemplateUnfit = "QA8021";

    /// <summary>A chat template has no way to write a conversation: <c>{0}</c> its name, <c>{1}</c> the reason.</summary>
    public const string ConversationUnwritable = "QA8022";

    /// <summary>A Modelfile cannot be read: <c>{0}</c> the file, <c>{1}</c> the reason.</summary>
    public const string ModelfileSyntax = "QA8023";

    /// <summary>A text cannot stand in a Modelfile: <c>{0}</c> the instruction, <c>{1}</c> the reason.</summary>
    public const string ModelfileUnwritable = "QA8024";
}
