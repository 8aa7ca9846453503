namespace Streaming.Commands.Snapshots;

/// <summary>What became of comparing a context's snapshots with its log.</summary>
/// <param name="Context">Such as <c>inventory</c>.</param>
/// <param name="Events">Events that were folded.</param>
/// <param name="Aggregates">Aggregates that there are.</param>
/// <param name="Snapshots">Aggregates that have a snapshot.</param>
/// <param name="Equal">Snapshots that say what the log says at their version.</param>
/// <param name="Different">Snapshots that say something else, stand for a version that the log does not have, or are missing although a
/// checkpoint says that all are there.</param>
/// <param name="Unusable">Snapshots that a restart ignores.</param>
/// <param name="First">Where the first of those that are different or unusable stands, and what is wrong; null when all is well.</param>
public sealed record SnapshotReport(
    string Context, long Events, long Aggregates, long Snapshots, long Equal, long Different, long Unusable, SnapshotDifference? First)
{
    public bool IsRight => Different == 0 && Unusable == 0;

    internal SnapshotReport Add(SnapshotReport other) => this with
    {
        Events = Events + other.Events,
        Aggregates = Aggregates + other.Aggregates,
        Snapshots = Snapshots + other.Snapshots,
        Equal = Equal + other.Equal,
        Different = Different + other.Different,
        Unusable = Unusable + other.Unusable,
        First = First ?? other.First,
    };
}

/// <summary>A snapshot that is not right.</summary>
/// <param name="AggregateId">Whose; <c>@checkpoint</c> for the record that ends a round.</param>
/// <param name="Version">The version that it stands for; 0 when nobody can tell.</param>
/// <param name="What">What is wrong, as a sentence.</param>
public sealed record SnapshotDifference(int Partition, string AggregateId, long Version, string What);
