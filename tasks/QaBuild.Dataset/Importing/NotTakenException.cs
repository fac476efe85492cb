using QaBuild.Dataset.Diagnostics;

namespace QaBuild.Dataset.Importing;

/// <summary>A record cannot become qa files.</summary>
internal sealed class NotTakenException(Phrase reason) : Exception
{
    public NotTakenException(string phrase, params object[] arguments)
        : this(new Phrase(phrase, arguments))
    {
    }

    public Phrase Reason => reason;
}
