using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Tests.Support;

/// <summary>A destination in memory: offsets that were written, and the checkpoint, moved together and guarded by the fence.</summary>
internal sealed class CollectingSink : ISink
{
    private readonly Lock _gate = new();
    private readonly List<long> _offsets = [];
    private readonly Dictionary<string, long> _versions = [];
    private Checkpoint? _checkpoint;

    /// <summary>Called before each write; what it throws is the write's failure, and what it awaits its duration.</summary>
    public Func<EventBatch, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Refuses gaps in the sequences of its aggregates.</summary>
    public bool JudgesSequences { get; set; }

    public string Name => "collecting-sink";

    public bool IsTaken
    {
        get
        {
            lock (_gate)
                return _checkpoint is not null;
        }
    }

    public Checkpoint Checkpoint
    {
        get
        {
            lock (_gate)
                return _checkpoint ?? throw new InvalidOperationException("Nobody has taken the partition yet.");
        }
        set => _checkpoint = value;
    }

    public List<long> Offsets
    {
        get
        {
            lock (_gate)
                return [.. _offsets];
        }
    }

    public List<SinkMode> Modes { get; } = [];

    /// <summary>As if it were another, empty destination.</summary>
    public void BeginAnew()
    {
        lock (_gate)
        {
            _checkpoint = null;
            _offsets.Clear();
            _versions.Clear();
        }
    }

    /// <summary>Ids of the aggregates that it was told to remove, as often as it was.</summary>
    public List<string> Erased { get; } = [];

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<Checkpoint> TakeAsync(SourcePartition source, InitialPosition initial, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _checkpoint ??= new Checkpoint(source.ClusterId, source.TopicId, initial.LogStart, 1, 0, new GroupOffsets(initial.GroupCommitted, initial.GroupCommitted), LiveFrom: initial.LogEnd);
            return Task.FromResult(_checkpoint = _checkpoint with { Fence = _checkpoint.Fence + 1 });
        }
    }

    public async Task WriteAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        await BeforeWrite(batch).WaitAsync(cancellationToken);
        Change(batch.Source, batch.Fence, checkpoint =>
        {
            foreach (var recorded in batch.Events)
            {
                var verdict = batch.Judge(recorded, _versions.GetValueOrDefault(recorded.AggregateId), -1);
                if (JudgesSequences && verdict == SequenceVerdict.Gap)
                    throw SequenceRule.Gap(recorded, _versions.GetValueOrDefault(recorded.AggregateId));
                if (verdict == SequenceVerdict.Next)
                    _versions[recorded.AggregateId] = recorded.Sequence;
            }

            _offsets.AddRange(batch.Events.Select(recorded => recorded.Offset));
            Modes.Add(batch.Mode);
            return checkpoint with { NextOffset = batch.NextOffset, Group = batch.Group };
        });
    }

    /// <summary>Offsets that were derived again aggregate by aggregate, a list for each time.</summary>
    public List<List<long>> Rederived { get; } = [];

    public Task RederiveAsync(EventBatch aggregates, CancellationToken cancellationToken)
    {
        Change(aggregates.Source, aggregates.Fence, checkpoint =>
        {
            Rederived.Add([.. aggregates.Events.Select(recorded => recorded.Offset)]);
            return checkpoint with { Group = aggregates.Group };
        });
        return Task.CompletedTask;
    }

    public Task EraseAsync(SourcePartition source, long fence, IReadOnlyList<Erasure> erasures, CancellationToken cancellationToken)
    {
        Change(source, fence, checkpoint =>
        {
            Erased.AddRange(erasures.Select(erasure => erasure.AggregateId));
            return checkpoint;
        });
        return Task.CompletedTask;
    }

    public Task ConfirmAsync(SourcePartition source, long fence, CancellationToken cancellationToken)
    {
        Change(source, fence, checkpoint => checkpoint);
        return Task.CompletedTask;
    }

    public Task RecordGroupAsync(SourcePartition source, long fence, GroupOffsets offsets, CancellationToken cancellationToken)
    {
        Change(source, fence, checkpoint => checkpoint with { Group = offsets });
        return Task.CompletedTask;
    }

    public Task<Checkpoint> ResetAsync(Reset reset, CancellationToken cancellationToken)
    {
        Change(reset.Source, reset.Fence, checkpoint =>
        {
            _offsets.RemoveAll(offset => offset >= reset.ToOffset);
            _versions.Clear();
            return checkpoint.After(reset);
        });
        return Task.FromResult(Checkpoint);
    }

    public bool IsTransient(Exception failure) => failure is IOException;

    private void Change(SourcePartition source, long fence, Func<Checkpoint, Checkpoint> change)
    {
        lock (_gate)
        {
            if (Checkpoint.Fence != fence)
                throw new FencedException(source, fence);
            _checkpoint = change(Checkpoint);
        }
    }
}
