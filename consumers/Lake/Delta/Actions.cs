namespace Streaming.Lake.Delta;

/// <summary>A line of a table's log (Delta protocol, "Actions").</summary>
internal abstract record DeltaAction;

/// <summary>What readers and writers of the table must know.</summary>
/// <param name="ReaderFeatures">From reader version 3 on: what a reader must know, one by one. Null before.</param>
internal sealed record Protocol(int MinReaderVersion, int MinWriterVersion, IReadOnlyList<string>? ReaderFeatures = null) : DeltaAction
{
    /// <summary>What this writer asks for: plain tables, which every reader knows.</summary>
    public static readonly Protocol Plain = new(1, 2);
}

/// <param name="Configuration">Properties of the table, such as <c>delta.deletedFileRetentionDuration</c>.</param>
internal sealed record TableMetadata(
    string Id, StructType Schema, IReadOnlyList<string> PartitionColumns, IReadOnlyDictionary<string, string> Configuration,
    long? CreatedAtMs = null, string? Name = null, string? Description = null) : DeltaAction;

/// <summary>A file belongs to the table from here on.</summary>
/// <param name="Path">Below the table's folder, percent-encoded.</param>
/// <param name="PartitionValues">Value of each partition column as text; null for null.</param>
/// <param name="DataChange">False where the rows were there before, in other files.</param>
/// <param name="Stats">What readers may know of the rows without reading them, as JSON.</param>
internal sealed record AddFile(
    string Path, IReadOnlyDictionary<string, string?> PartitionValues, long SizeBytes, long ModifiedAtMs, bool DataChange, string? Stats) : DeltaAction
{
    /// <summary>Where the file is, below the table's folder.</summary>
    public string Location => Uri.UnescapeDataString(Path);
}

/// <summary>A file does not belong to the table any more. Readers of earlier versions still need it for a while.</summary>
internal sealed record RemoveFile(
    string Path, long DeletedAtMs, bool DataChange, IReadOnlyDictionary<string, string?>? PartitionValues = null, long? SizeBytes = null) : DeltaAction
{
    public string Location => Uri.UnescapeDataString(Path);

    public static RemoveFile Of(AddFile file, long deletedAtMs, bool dataChange) => new(file.Path, deletedAtMs, dataChange, file.PartitionValues, file.SizeBytes);
}

/// <summary>How far an application has got; moves together with what it wrote.</summary>
internal sealed record AppTransaction(string AppId, long Version, long? LastUpdatedMs = null) : DeltaAction;

/// <summary>Who committed and why, for people.</summary>
/// <param name="Id">Tells one's own commit from another's with the same content.</param>
internal sealed record CommitInfo(long TimestampMs, string Operation, string Id) : DeltaAction;
