using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Analysis.Semantics;

/// <summary>A model folder cannot be read, and why; it becomes a finding where the folder is opened.</summary>
internal sealed class UnusableModelException(Phrase reason) : Exception(reason.Name)
{
    public Phrase Reason => reason;
}
