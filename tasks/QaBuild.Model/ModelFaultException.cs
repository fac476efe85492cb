namespace QaBuild.Model;

/// <summary>
/// A model, an adapter or a setting cannot be used. Whoever speaks to the user looks <see cref="Code"/> up in the catalogue of findings; this library knows only
/// the codes (<see cref="ModelFaults"/>), not the texts.
/// </summary>
public sealed class ModelFaultException : Exception
{
    /// <summary>A fault found in <paramref name="path"/>.</summary>
    /// <param name="code">One of <see cref="ModelFaults"/>.</param>
    /// <param name="path">The file or folder, as the user named it; empty when there is none.</param>
    /// <param name="arguments">What the message's placeholders stand for: texts, numbers and <see cref="Reason"/>s.</param>
    public ModelFaultException(string code, string path, params object[] arguments)
        : base($"{code}: {path}: {string.Join(", ", arguments)}") => (Code, Path, Arguments) = (code, path, arguments);

    /// <summary>For example <c>QA7003</c>.</summary>
    public string Code { get; }

    /// <summary>Empty when there is none.</summary>
    public string Path { get; }

    /// <summary>In the order of the message's placeholders.</summary>
    public IReadOnlyList<object> Arguments { get; }

    /// <summary>What else was found in the same go: faults are told all at once, not one a run.</summary>
    public IReadOnlyList<ModelFaultException> Others { get; init; } = [];

    /// <summary>1-based; 0 when the whole file is meant.</summary>
    public int Line { get; init; }

    /// <summary>1-based, in UTF-16 code units; 0 when the whole line or file is meant.</summary>
    public int Column { get; init; }
}

/// <summary>A part of a message that is itself put into the reader's language: a phrase of the catalogue.</summary>
/// <param name="Name">The phrase's name in the catalogue.</param>
/// <param name="Arguments">What its placeholders stand for.</param>
public sealed record Reason(string Name, params object[] Arguments)
{
    /// <inheritdoc/>
    public override string ToString() => Arguments.Length == 0 ? Name : $"{Name}({string.Join(", ", Arguments)})";
}
