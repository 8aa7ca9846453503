using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks;

/// <summary>A destination of events. It throws when something fails; the worker alone decides what happens then.</summary>
/// <remarks>Calls for one partition come one after another, calls for different partitions at the same time.</remarks>
public interface ISink
{
    /// <summary>Names the sink in logs, metrics and messages, and its consumer group.</summary>
    string Name { get; }

    /// <summary>Makes the destination ready: tables and the like. Two hosts may call it at the same time. Tried again until it succeeds.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Takes the partition over: raises its fence and returns its checkpoint.</summary>
    /// <remarks>Without a checkpoint one is made from <paramref name="initial"/>. A checkpoint of another cluster or topic id is returned as it is,
    /// its fence not raised: a host that is pointed at the wrong place must not disturb the right one.</remarks>
    Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken);

    /// <summary>Writes what the events mean, and the checkpoint with them. Writing a batch twice equals writing it once.</summary>
    /// <exception cref="PoisonEventException">An event contradicts what is there. Nothing of the batch was written.</exception>
    /// <exception cref="FencedException">Another host has taken the partition over. Nothing was written.</exception>
    Task WriteAsync(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>Removes everything that was derived from these aggregates, all at once. Doing it twice equals doing it once.</summary>
    /// <remarks>No batch has events of them afterwards. Called with all there are when a partition is taken over, and with further ones as they come.</remarks>
    /// <exception cref="FencedException">Another host has taken the partition over. Nothing was removed.</exception>
    Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken);

    /// <summary>Asks the destination whether the partition is still ours; nothing changes.</summary>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken);

    /// <summary>Records what the group holds and is to hold, where no batch carries it.</summary>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken);

    /// <summary>Records the reset, raises the epoch, moves the checkpoint, and removes what was derived from <see cref="Reset.ToOffset"/> on, all at once.</summary>
    /// <remarks>A reset back raises <see cref="Checkpoint.ReplayUntil"/> to where the checkpoint stood, unless it is higher already.</remarks>
    /// <exception cref="FencedException">Another host has taken the partition over. Nothing changed.</exception>
    Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken);

    /// <summary>Puts what aggregates lead to today in place of everything that was derived from them; the checkpoint's position stays.</summary>
    /// <remarks>Doing it again after a crash completes it. Who was fenced meanwhile cannot put the old back.</remarks>
    /// <param name="aggregates">Every event of each, from its first up to the checkpoint.</param>
    /// <exception cref="PoisonEventException">An event does not fit. Nothing changed.</exception>
    /// <exception cref="FencedException">Another host has taken the partition over.</exception>
    /// <exception cref="NotSupportedException">This sink keeps nothing of single aggregates.</exception>
    Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{Name} cannot derive single aggregates again; reset its partition (streamctl sinks reset without --key and --until).");

    /// <summary>For a dry run: tries the events of a partition, as far as that goes without the destination.</summary>
    /// <returns>Null where nothing does.</returns>
    IRehearsal? Rehearse(SourcePartition source) => null;

    /// <summary>Whether trying again can help: the destination was away, or busy. Other failures stop the partition after a few tries.</summary>
    bool IsTransient(Exception failure);
}

/// <summary>Where a sink that has no checkpoint begins.</summary>
/// <param name="LogStart">First offset that is there.</param>
/// <param name="LogEnd">The offset that the next record gets: becomes <see cref="Checkpoint.LiveFrom"/>.</param>
/// <param name="GroupCommitted">What the group holds from an earlier life; null for none. It doesn't count: nothing was derived here yet.</param>
public readonly record struct InitialPosition(long LogStart, long LogEnd, long? GroupCommitted);

/// <summary>The partition's fence is not ours any more: another host has taken it over.</summary>
public sealed class FencedException(SourcePartition source, long fence)
    : Exception($"{source} was taken over by another host (our fence {fence} is old); nothing was written.");
