using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Simulation.Sources;

namespace Streaming.Sinks.Simulation.Destinations;

/// <summary>What keeps data and position together.</summary>
public enum Kind
{
    /// <summary>A transaction, and a fence in it: as the SQL sink.</summary>
    Rows,

    /// <summary>Documents with versions, each written by itself, and a checkpoint after them: as the Elastic sink.</summary>
    Documents,

    /// <summary>Tables whose commits carry a position each, and conflict: as the lake sink.</summary>
    Tables,
}

/// <summary>A mistake that is planted, to see that it is found.</summary>
public enum Bug
{
    None,

    /// <summary>Rows are committed under whatever fence.</summary>
    ForgetsTheFence,

    /// <summary>The checkpoint is written before the documents that it stands for.</summary>
    SavesTheCheckpointFirst,

    /// <summary>Rows are added whatever position their table has.</summary>
    IgnoresTransactions,

    /// <summary>Dead letters are written by whoever had the right once.</summary>
    ForgetsWhoMayPark,
}

/// <summary>A destination in memory, shared by all hosts; it outlives them.</summary>
internal abstract class Destination
{
    /// <summary>Each reset that was applied, oldest first.</summary>
    public List<AppliedReset> Resets { get; } = [];

    /// <summary>What should never have happened, whatever the end looks like.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>A host's own connection, with what it remembers.</summary>
    public abstract ISink Connect();

    /// <summary>What is there of a partition.</summary>
    public abstract Contents Read(int partition);

    /// <summary>Where a partition goes on; null when nobody has taken it yet.</summary>
    public abstract Checkpoint? CheckpointOf(int partition);

    protected void Applied(Reset reset, Checkpoint before, Checkpoint after) =>
        Resets.Add(new(reset.Source.Partition, before.NextOffset, after.NextOffset, after.Epoch, reset.IsForward));

    protected static Checkpoint First(SourcePartition source, InitialPosition initial) => new(
        source.ClusterId, source.TopicId, initial.LogStart, Epoch: 1, Fence: 0, new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted), LiveFrom: initial.LogEnd);

    /// <summary>As a destination refuses what it cannot keep.</summary>
    protected static void Admit(World world, RecordedEvent recorded)
    {
        if (SimulatedDecoder.IsRefused(recorded) && !world.IsRepaired)
            throw new PoisonEventException(recorded.Offset, "the destination refuses it");
    }
}

internal sealed record AppliedReset(int Partition, long From, long To, int Epoch, bool IsForward);

/// <summary>What a destination holds of a partition.</summary>
/// <param name="Rows">By aggregate: its last sequence and the sum of its amounts. Null where nothing is summed up.</param>
/// <param name="Entries">Each event that was written, as often as it is there, in order.</param>
internal sealed record Contents(IReadOnlyDictionary<string, Row>? Rows, IReadOnlyList<string> Entries);

/// <param name="Offset">Of the last event in it.</param>
internal sealed record Row(long Sequence, long Total, long Offset, long Hash)
{
    /// <summary>The row after one more event; itself when the event is in it already.</summary>
    public static Row? After(Row? before, RecordedEvent recorded, EventBatch batch)
    {
        switch (batch.Judge(recorded, before?.Sequence ?? 0, before?.Offset ?? -1))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, before?.Sequence ?? 0);
            case SequenceVerdict.Repeated when before!.Sequence == recorded.Sequence && before.Hash != recorded.ContentHash:
                throw SequenceRule.Conflict(recorded);
            case SequenceVerdict.Repeated:
                return before;
            default:
                var amount = SimulatedDecoder.AmountOf(recorded);
                return new(recorded.Sequence, (before?.Total ?? 0) + amount, recorded.Offset, recorded.ContentHash);
        }
    }
}
