namespace QaBuild.Dataset.Diagnostics;

/// <summary>
/// Every finding the compiler can make. The number is the code (<c>1004</c> is <c>QA1004</c>); texts, severities and
/// help stand in <c>schema/diagnostics.json</c>. Codes are append-only.
/// </summary>
#pragma warning disable CS1591 // schema/diagnostics.json describes each member
public enum Rule
{
    InternalFault = 0,

    NotAQaPath = 1001,
    LevelInName = 1002,
    NumberInName = 1003,
    MissingSection = 1004,
    DoubledSection = 1005,
    EmptySection = 1006,
    SchemaViolation = 1007,
    PathDisagrees = 1008,
    UnknownLevel = 1009,
    TextOutsideSections = 1010,
    InvalidUtf8 = 1011,
    NulCharacter = 1012,
    ByteOrderMark = 1013,
    CarriageReturn = 1014,
    FileTooLarge = 1015,
    FileUnreadable = 1016,
    LeavesRoot = 1017,
    EmptyFile = 1018,
    FrontMatterUnclosed = 1019,
    FrontMatterSyntax = 1020,
    FrontMatterLimit = 1021,
    UnknownKey = 1022,
    DuplicateId = 1023,
    BadSuppression = 1024,
    UselessSuppression = 1025,
    NoSources = 1026,
    BadOption = 1027,
    OutputUnwritable = 1028,
    RowViolatesSchema = 1029,

    DanglingLink = 2001,
    SelfLink = 2002,
    AmbiguousLink = 2003,
    EasierFollowUp = 2004,

    SameQuestion = 3001,
    SameAnswer = 3002,
    NearDuplicate = 3003,
    SimilarQuestion = 3004,
    Contradiction = 3005,
    CloseParaphrases = 3006,
    SemanticDuplicate = 3007,
    NearDuplicatePair = 3008,
    SimilarPair = 3009,

    PinConflict = 4001,
    SplitMinimum = 4002,
    EmptySplit = 4003,
    SplitLeak = 4004,
    BenchmarkOverlap = 4005,
    BenchmarkUnreadable = 4006,
    BenchmarkNearDuplicate = 4007,
    FileLeak = 4008,

    UnclosedFence = 5001,
    DeepNesting = 5002,
    ControlCharacter = 5003,
    SpecialToken = 5004,
    Secret = 5005,
    PersonalNumber = 5006,
    ContactData = 5007,
    Refusal = 5008,
    EchoedQuestion = 5009,
    CutOff = 5010,
    DeadLink = 5011,
    AnswerLanguage = 5012,
    Boilerplate = 5013,
    AnswerLength = 5014,
    TooLong = 5015,
    Unbalanced = 5016,

    SnapshotDiffers = 6001,
    SnapshotMissing = 6002,
    SnapshotUnreadable = 6003,

    EosNotFound = 7001,
    SemanticModelUnusable = 7002,
    ModelFileMalformed = 7003,

    OllamaUnreachable = 8001,
    OllamaRefused = 8002,
}
