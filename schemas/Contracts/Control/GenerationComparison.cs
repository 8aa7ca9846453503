namespace Streaming.Contracts.Control;

/// <summary>What two generations of a sink's destination hold, side by side; the proof that one equals the other, or where it doesn't.</summary>
/// <remarks>
/// Both may be written to meanwhile. Per partition everything is compared whose newest event lies, on both sides, before the lower of their two
/// positions; what either has changed since then is counted as moved.
/// </remarks>
/// <param name="Left">Number of the one that readers see, as a rule.</param>
/// <param name="Right">Number of the one that is judged.</param>
/// <param name="Parts">One per table or index, by name.</param>
public sealed record GenerationComparison(int Left, int Right, DateTimeOffset At, double Seconds, IReadOnlyList<PartComparison> Parts)
{
    public bool IsEqual => Parts.All(part => part.IsEqual);
}

/// <summary>A table, or an index, in two generations.</summary>
/// <param name="Name">Such as <c>stock</c>.</param>
/// <param name="LeftCount">Rows or documents that were compared.</param>
/// <param name="MovedCount">Those of either side that were not, because one side has changed them since.</param>
/// <param name="Columns">Columns or fields that only one side has, or has with another type, in words. What only one has is not compared. Partitions that were not compared may be named here, too.</param>
/// <param name="Partitions">Order-independent checksums of both sides, by topic and partition.</param>
/// <param name="Counts">How many keys differ, by how; empty when none does.</param>
/// <param name="Examples">The first that differ, by key; at most as many as were asked for.</param>
public sealed record PartComparison(
    string Name,
    long LeftCount,
    long RightCount,
    long MovedCount,
    IReadOnlyList<string> Columns,
    IReadOnlyList<PartitionChecksums> Partitions,
    IReadOnlyDictionary<DifferenceKind, long> Counts,
    IReadOnlyList<EntryDifference> Examples)
{
    /// <summary>The same columns, with the same values under the same keys.</summary>
    public bool IsEqual => Columns.Count == 0 && Counts.Count == 0 && Partitions.All(partition => partition.IsEqual);
}

/// <param name="ComparedBelow">The offset below which events count: the lower of the two positions.</param>
/// <param name="Left">Sum of the hashes of what was compared; null where there is nothing.</param>
public sealed record PartitionChecksums(string Topic, int Partition, long ComparedBelow, string? Left, string? Right)
{
    public bool IsEqual => Left == Right;
}

/// <summary>One key at which two generations differ.</summary>
/// <param name="Key">Its parts joined by '@', such as <c>XYZ-1@4</c>.</param>
/// <param name="Left">What the left has, for a person; null for nothing.</param>
/// <param name="Right">What the right has.</param>
public sealed record EntryDifference(string Key, DifferenceKind Kind, string? Left, string? Right);

/// <summary>How the right generation differs from the left at a key.</summary>
public enum DifferenceKind
{
    /// <summary>The right has none.</summary>
    Missing = 1,

    /// <summary>Only the right has one.</summary>
    Added,

    /// <summary>One of the two has it several times.</summary>
    Doubled,

    /// <summary>Both have it, with other values.</summary>
    Changed,
}
