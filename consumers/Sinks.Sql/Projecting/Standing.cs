namespace Streaming.Sinks.Sql.Projecting;

/// <summary>How an aggregate stands in a table, while a batch is folded.</summary>
internal sealed class Standing<TRow>(string key)
    where TRow : class
{
    public string Key => key;

    /// <summary>Null for none.</summary>
    public TRow? Row { get; set; }

    /// <summary>Sequence of the last event in it; 0 before the first.</summary>
    public long Version { get; set; }

    /// <summary>Where that event lies; -1 before the first.</summary>
    public long Offset { get; set; } = -1;

    public DateTimeOffset RecordedAt { get; set; }

    /// <summary>The table had a row before the batch.</summary>
    public bool IsInTable { get; init; }

    /// <summary>It was among the absent rows before the batch.</summary>
    public bool IsNotedAbsent { get; init; }

    public bool IsChanged { get; set; }
}
