namespace QaBuild.Dataset.Analysis.Contamination;

/// <summary>A record of a file that is no source: of an external test set, or of a dataset made elsewhere.</summary>
/// <param name="File">As the user named it.</param>
/// <param name="Line">1-based line where the record begins.</param>
/// <param name="Question">What is asked, with what it is about; may be empty.</param>
/// <param name="Answer">What is answered, and the choices; may be empty.</param>
internal sealed record ForeignItem(string File, int Line, string Question, string Answer)
{
    /// <summary>Where it is, for messages.</summary>
    public string Place => $"{File}:{Line}";
}
