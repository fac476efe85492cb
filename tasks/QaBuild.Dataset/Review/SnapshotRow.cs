namespace QaBuild.Dataset.Review;

/// <summary>A row of a dataset as a snapshot knows it.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="File">Its file below the dataset's folder, without <c>.jsonl</c>: <c>train</c>.</param>
/// <param name="Times">How often it stands there: its weight.</param>
/// <param name="Characters">Unicode characters of the line.</param>
/// <param name="Hash">The first 12 hexadecimal digits of the line's SHA-256.</param>
public sealed record SnapshotRow(string Id, string File, int Times, int Characters, string Hash);

/// <summary>A file of a dataset as a snapshot knows it.</summary>
/// <param name="Name">Below the dataset's folder.</param>
/// <param name="Rows">Its lines.</param>
/// <param name="Hash">The first 16 hexadecimal digits of its SHA-256.</param>
public sealed record SnapshotFile(string Name, int Rows, string Hash);
