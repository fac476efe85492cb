using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Reporting;

/// <summary>What a report shows of a compile, but for the texts of the questions: lists of many units are columns, since thousands of small objects make a page slow to open.</summary>
/// <param name="Tool">The compiler's version.</param>
/// <param name="Language"><c>en</c> or <c>zh</c>: the page's until its reader picks another.</param>
/// <param name="Kb">The KB's name.</param>
/// <param name="KbPath">From the page's folder to the KB, as the beginning of a URL; null when there is no way between them.</param>
/// <param name="Format">The dataset's.</param>
/// <param name="LengthUnit"><c>tokens</c> or <c>characters</c>: what <see cref="RowColumns.Length"/> counts.</param>
/// <param name="Files">The files of the dataset that the compile makes when it finds no error.</param>
/// <param name="Jobs">By name.</param>
/// <param name="Skills">Of all jobs, by path.</param>
/// <param name="Units">The questions.</param>
/// <param name="Rows">What became of them.</param>
/// <param name="Rules">The rules of all findings, by code.</param>
/// <param name="Counts">How many findings each rule has, as (rule, severity, findings).</param>
/// <param name="ClusterCount">How many clusters of duplicates there are.</param>
internal sealed record ReportData(
    string Tool, string Language, string Kb, string? KbPath, string Format, string LengthUnit, IReadOnlyList<FileFacts> Files, IReadOnlyList<string> Jobs, IReadOnlyList<SkillName> Skills,
    UnitColumns Units, RowColumns Rows, IReadOnlyList<RuleText> Rules, IReadOnlyList<RuleCount> Counts, int ClusterCount);

/// <summary>A file of the dataset.</summary>
/// <param name="Name">Below the dataset's folder.</param>
/// <param name="Split">0 train, 1 valid, 2 test.</param>
/// <param name="Rows">Lines, those of a higher weight repeated.</param>
internal sealed record FileFacts(string Name, int Split, int Rows);

/// <summary>A skill.</summary>
/// <param name="Job">Its job's index.</param>
/// <param name="Name">Without its job.</param>
internal sealed record SkillName(int Job, string Name);

/// <summary>The units without an error, in the order of their paths.</summary>
/// <param name="Skill">Indices of skills.</param>
/// <param name="Name">File names; with job and skill they make the path below the KB.</param>
/// <param name="Id">Null for one whose id is its path.</param>
/// <param name="Line">Of the question.</param>
/// <param name="Level">0 to 2.</param>
/// <param name="IsChinese">1 when question and answer are Chinese.</param>
/// <param name="Split">0 train, 1 valid, 2 test, 3 left out by a filter, 4 left out as a duplicate.</param>
/// <param name="Question">UTF-16 code units.</param>
/// <param name="Answer">UTF-16 code units.</param>
/// <param name="Review">By <see cref="ReviewState"/>.</param>
/// <param name="Parents">Indices of the units that a unit follows up.</param>
internal sealed record UnitColumns(
    int[] Skill, string[] Name, string?[] Id, int[] Line, int[] Level, int[] IsChinese, int[] Split, int[] Question, int[] Answer, int[] Review, IReadOnlyList<int>[] Parents);

/// <summary>Whether people have read a unit.</summary>
internal enum ReviewState
{
    /// <summary>Nobody is named.</summary>
    None,

    /// <summary>Somebody is, but not what they read.</summary>
    Unbound,

    /// <summary>It was edited since.</summary>
    Stale,

    /// <summary>Somebody read what stands there.</summary>
    Signed,
}

/// <summary>The rows of the dataset, without regard to weights.</summary>
/// <param name="Unit">Indices of units; -1 for a document.</param>
/// <param name="Split">0 train, 1 valid, 2 test.</param>
/// <param name="Length">Tokens or characters.</param>
internal sealed record RowColumns(int[] Unit, int[] Split, int[] Length);

/// <summary>What a code means.</summary>
/// <param name="Code">For example <c>QA1004</c>.</param>
/// <param name="Title">A noun phrase.</param>
/// <param name="Help">Markdown.</param>
/// <param name="Topic">A list of the page that its findings belong to: <c>leak</c>, <c>contradiction</c> or null.</param>
internal sealed record RuleText(string Code, Bilingual Title, Bilingual Help, string? Topic);

/// <summary>How often a rule was broken.</summary>
/// <param name="Rule">Its index.</param>
/// <param name="Severity">0 info, 1 warning, 2 error.</param>
/// <param name="Findings">So often.</param>
internal sealed record RuleCount(int Rule, int Severity, int Findings);

/// <summary>What the checks found.</summary>
/// <param name="Findings">In order of their places.</param>
/// <param name="Clusters">The duplicates, the most alike first; at most <see cref="DuplicateClusters.Most"/>.</param>
internal sealed record ReportFindings(IReadOnlyList<FindingFacts> Findings, IReadOnlyList<ClusterFacts> Clusters);

/// <summary>A finding.</summary>
/// <param name="Rule">Its rule's index.</param>
/// <param name="Severity">0 info, 1 warning, 2 error.</param>
/// <param name="Path">Below the KB, or from the page's folder for another file; null when it is of no file.</param>
/// <param name="InKb">Whether the path is below the KB.</param>
/// <param name="Line">1-based; 0 for the whole file.</param>
/// <param name="Column">1-based; 0 for the whole line.</param>
/// <param name="En">The message.</param>
/// <param name="Zh">The message in Chinese.</param>
/// <param name="Units">The unit it stands at, then the others that it names; empty when there is none.</param>
/// <param name="Excerpts">Of a contradiction: what the first and the second answer say.</param>
internal sealed record FindingFacts(
    int Rule, int Severity, string? Path, bool InKb, int Line, int Column, string En, string Zh, IReadOnlyList<int> Units, IReadOnlyList<string>? Excerpts);

/// <summary>Units that hang together by pairs.</summary>
/// <param name="Units">Ascending.</param>
/// <param name="Pairs">Enough of them to hold all units together, the most alike first.</param>
internal sealed record ClusterFacts(IReadOnlyList<int> Units, IReadOnlyList<PairFacts> Pairs);

/// <summary>Two units that are, or may be, one too many.</summary>
/// <param name="Kind">Why: <c>sameQuestion</c>, <c>question</c>, <c>pair</c>, <c>sameAnswer</c> or <c>meaning</c>.</param>
/// <param name="A">The earlier unit.</param>
/// <param name="B">The later unit.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="IsDuplicate">Whether one is too many by the project's DuplicateErrorThreshold; same answers and same meanings never are.</param>
/// <param name="Shared">Words of both.</param>
/// <param name="OnlyA">Words of the earlier alone.</param>
/// <param name="OnlyB">Words of the later alone.</param>
internal sealed record PairFacts(string Kind, int A, int B, double Score, bool IsDuplicate, string Shared, string OnlyA, string OnlyB);

/// <summary>The texts of a unit.</summary>
/// <param name="Question">Markdown.</param>
/// <param name="Answer">Markdown.</param>
/// <param name="Proofreading">As it stands.</param>
/// <param name="Paraphrases">Other wordings of the question.</param>
/// <param name="Tags">From the front matter.</param>
/// <param name="System">The system prompt, or null.</param>
/// <param name="Context">A quoted passage, or null.</param>
internal sealed record TextFacts(string Question, string Answer, string Proofreading, IReadOnlyList<string>? Paraphrases, IReadOnlyList<string>? Tags, string? System, string? Context);
