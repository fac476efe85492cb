using System.Collections.Immutable;
using QaBuild.Dataset.Analysis.Balance;
using QaBuild.Dataset.Analysis.Semantics;
using QaBuild.Dataset.Analysis.Similarity;
using QaBuild.Dataset.Diagnostics;
using QaBuild.Dataset.Review;
using QaBuild.Dataset.Splitting;

namespace QaBuild.Dataset;

/// <summary>The shape of a row.</summary>
public enum DatasetFormat
{
    /// <summary><c>{"prompt","completion"}</c></summary>
    Completions,

    /// <summary><c>{"messages":[{"role","content"}]}</c></summary>
    Chat,

    /// <summary><c>{"text"}</c></summary>
    Text,

    /// <summary><c>{"instruction","input","output"}</c></summary>
    Alpaca,

    /// <summary><c>{"conversations":[{"from","value"}]}</c></summary>
    ShareGpt,

    /// <summary>chat, with <c>tools</c> and <c>tool_calls</c></summary>
    Tools,
}

/// <summary>Where the EOS token stands.</summary>
public enum EosPlacement
{
    /// <summary>At the end of the answer.</summary>
    Completion,

    /// <summary>At the end of the prompt and of the answer, as the specification's example has it.</summary>
    Both,

    /// <summary>Nowhere: the trainer's chat template adds the terminator.</summary>
    None,
}

/// <summary>The order of rows within a split.</summary>
public enum CurriculumOrder
{
    /// <summary>By id.</summary>
    None,

    /// <summary>Shortest first.</summary>
    Length,

    /// <summary>Easiest first.</summary>
    Difficulty,
}

/// <summary>What becomes of a duplicate past the error threshold.</summary>
public enum DuplicateAction
{
    /// <summary>The build fails.</summary>
    Error,

    /// <summary>It is reported and stays.</summary>
    Warn,

    /// <summary>The first of a cluster that the filters leave in stays; the others are left out, and listed in dropped.jsonl.</summary>
    Drop,
}

/// <summary>What becomes of documents.</summary>
public enum DocumentFormat
{
    /// <summary><c>{"text"}</c> rows.</summary>
    Text,

    /// <summary>Rows of the dataset's own format, the title as the question.</summary>
    Title,

    /// <summary>Documents are left out.</summary>
    None,
}

/// <summary>Which units stand in the dataset; an empty list says nothing.</summary>
/// <param name="Jobs">Names of 职业.</param>
/// <param name="Skills">Names of 知识点.</param>
/// <param name="Levels">l, m or h.</param>
/// <param name="Tags">Tags of the front matter.</param>
/// <param name="Languages">zh or en.</param>
public sealed record UnitFilter(
    ImmutableArray<string> Jobs, ImmutableArray<string> Skills, ImmutableArray<string> Levels, ImmutableArray<string> Tags, ImmutableArray<string> Languages)
{
    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => Jobs.IsEmpty && Skills.IsEmpty && Levels.IsEmpty && Tags.IsEmpty && Languages.IsEmpty;

    /// <summary>A filter that says nothing.</summary>
    public static UnitFilter Empty { get; } = new([], [], [], [], []);
}

/// <summary>Everything besides the sources that decides what the dataset is.</summary>
public sealed record CompilationOptions
{
    /// <summary>The folder that holds <c>job_*</c>.</summary>
    public required string KbRoot { get; init; }

    /// <summary>The shape of a row.</summary>
    public DatasetFormat Format { get; init; }

    /// <summary>The key of the prompt in completions rows.</summary>
    public string PromptFeature { get; init; } = "prompt";

    /// <summary>The key of the answer in completions rows.</summary>
    public string CompletionFeature { get; init; } = "completion";

    /// <summary>How context, question and system prompt become the prompt; null for the default: those that are there, a blank line between.</summary>
    public string? PromptTemplate { get; init; }

    /// <summary>The system prompt of rows whose source gives none.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Whether a follow-up chain becomes one conversation (chat, sharegpt, tools).</summary>
    public bool ChainTurns { get; init; }

    /// <summary>At most so many rows from a unit's paraphrases.</summary>
    public int ParaphraseRows { get; init; } = int.MaxValue;

    /// <summary>The order of rows within a split.</summary>
    public CurriculumOrder CurriculumOrder { get; init; }

    /// <summary>The shares of the splits.</summary>
    public SplitRatio SplitRatio { get; init; } = SplitRatio.Default;

    /// <summary>Another seed, another assignment.</summary>
    public string SplitSeed { get; init; } = "0";

    /// <summary>The token that ends an answer; null to take it from <see cref="BaseModel"/>, or else <c>&lt;|endoftext|&gt;</c>.</summary>
    public string? EosToken { get; init; }

    /// <summary>Where the EOS token stands; null for the format's own default.</summary>
    public EosPlacement? EosOn { get; init; }

    /// <summary>The base model as the user named it: it gives the EOS token and the special tokens, and its tokenizer the lengths.</summary>
    public string? BaseModel { get; init; }

    /// <summary>A folder with static embeddings in model2vec's format, which finds questions of the same meaning; null for none.</summary>
    public string? SemanticModel { get; init; }

    /// <summary>How alike questions in different words must be to be reported, above 0 to 1.</summary>
    public double SemanticThreshold { get; init; } = SemanticSimilarity.DefaultThreshold;

    /// <summary>What becomes of a duplicate past the error threshold.</summary>
    public DuplicateAction DuplicateAction { get; init; }

    /// <summary>The similarity, 0 to 1, from which a question, or a question with its answer, is a duplicate.</summary>
    public double DuplicateErrorThreshold { get; init; } = TextSimilarity.ErrorThreshold;

    /// <summary>The similarity, 0 to 1, from which it is reported as similar; 1 looks for no similar texts, only for equal ones.</summary>
    public double DuplicateWarnThreshold { get; init; } = TextSimilarity.WarnThreshold;

    /// <summary>What becomes of documents.</summary>
    public DocumentFormat DocumentFormat { get; init; }

    /// <summary>Characters; a document is cut into pieces of at most so many.</summary>
    public int MaxDocumentLength { get; init; } = 4000;

    /// <summary>What looks like a secret or personal data and is published on purpose: literal texts, or <c>*</c> and an ending.</summary>
    public ImmutableArray<string> AllowedContent { get; init; } = [];

    /// <summary>Characters that system prompt, context, question and answer may have together.</summary>
    public int MaxSequenceLength { get; init; } = int.MaxValue;

    /// <summary>So many answers may not open or close with the same sentence.</summary>
    public int BoilerplateLimit { get; init; } = 10;

    /// <summary>Robust deviations that an answer's length may be away from that of its peers; 0 for any.</summary>
    public int AnswerLengthLimit { get; init; } = 6;

    /// <summary>Units must match one value of every list that is not empty.</summary>
    public UnitFilter Include { get; init; } = UnitFilter.Empty;

    /// <summary>Units that match any value are left out.</summary>
    public UnitFilter Exclude { get; init; } = UnitFilter.Empty;

    /// <summary>How one-sided the dataset may be.</summary>
    public BalanceLimits Balance { get; init; } = BalanceLimits.None;

    /// <summary>How many people must have signed off a question.</summary>
    public ReviewRequirement Reviews { get; init; } = ReviewRequirement.None;

    /// <summary>The project's say on severities.</summary>
    public DiagnosticPolicy Policy { get; init; } = new();

    /// <summary>Where the EOS token stands, the format's default applied.</summary>
    public EosPlacement EffectiveEosOn => EosOn ?? (Format is DatasetFormat.Chat or DatasetFormat.ShareGpt or DatasetFormat.Tools ? EosPlacement.None : EosPlacement.Completion);
}
