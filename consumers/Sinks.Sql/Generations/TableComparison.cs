namespace Streaming.Sinks.Sql.Generations;

/// <summary>How many rows, and the sum of their hashes.</summary>
public readonly record struct TableChecksum(long RowCount, decimal Sum);

/// <summary>A table in two generations.</summary>
/// <param name="OtherColumns">Those that only one of the two has; they are not compared.</param>
/// <param name="Differences">Partitions that differ; none when the tables are equal.</param>
public sealed record TableComparison(
    string Table, long LeftRowCount, long RightRowCount, IReadOnlyList<string> OtherColumns, IReadOnlyList<PartitionDifference> Differences)
{
    public bool IsEqual => Differences.Count == 0;
}

/// <summary>A partition whose rows differ, and the first key at which they do.</summary>
public sealed record PartitionDifference(string Topic, int Partition, TableChecksum Left, TableChecksum Right, RowDifference First);

/// <param name="Key">Its parts joined by '@', such as <c>XYZ-1@4</c>.</param>
/// <param name="Left">The row's compared columns as PostgreSQL writes a record; null for none.</param>
public sealed record RowDifference(string Key, RowDifferenceKind Kind, string? Left, string? Right);

/// <summary>How a row of the right generation differs from the left's.</summary>
public enum RowDifferenceKind
{
    /// <summary>The right has none.</summary>
    Missing,

    /// <summary>Only the right has one.</summary>
    Added,

    /// <summary>One of the two has it several times.</summary>
    Doubled,

    /// <summary>Both have it, with other values.</summary>
    Changed,

    /// <summary>It was different when the checksums were taken, and no longer is: somebody writes.</summary>
    GoneMeanwhile,
}
