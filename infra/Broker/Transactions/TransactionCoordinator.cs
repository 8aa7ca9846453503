using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Transactions;

/// <summary>Keeps every transactional id: who may write, in which partitions, and how its transaction ends.</summary>
/// <remarks>
/// Each change is in the journal before it is answered. A commit or abort is journaled first (prepare), then marked in every partition, then journaled as
/// complete, then answered: a crash in between is completed at the next start, and a producer that was answered never meets its own markers still
/// being written. A new producer of an id raises the epoch, and ends what its predecessor left open before it is answered. With the second protocol
/// every end raises it, before the markers: they carry the new epoch, which keeps late batches of the transaction out (KIP-890).
/// One lock per transactional id: all steps are appends to the page cache.
/// </remarks>
internal sealed class TransactionCoordinator : ITransactionGate
{
    private static readonly IReadOnlySet<TopicPartition> NoPartitions = FrozenSet<TopicPartition>.Empty;

    private readonly ConcurrentDictionary<string, Slot> _slots = [];
    private readonly IJournal _journal;
    private readonly ProducerIds _producerIds;
    private readonly TransactionMarkers _markers;
    private readonly BrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public TransactionCoordinator(IJournal journal, ProducerIds producerIds, TopicTable topics, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        (_journal, _producerIds, _markers, _options, _time, _logger) = (journal, producerIds, new TransactionMarkers(topics), options, time, logger);
        foreach (var entry in journal.Read())
        {
            if (entry.Record is { } record)
                Restore(record);
        }
    }

    /// <summary>A consistent view of all transactional ids.</summary>
    public IEnumerable<TransactionState> All => _slots.Values.Select(slot => slot.State).OfType<TransactionState>();

    public TransactionState? Find(string transactionalId) => _slots.GetValueOrDefault(transactionalId)?.State;

    /// <summary>Names who holds back offsets until a transaction ends, then ends what a crash left between its decision and its markers.</summary>
    public void Start(ITransactionListener offsets)
    {
        _markers.Listener = offsets;
        foreach (var slot in _slots.Values)
        {
            lock (slot)
            {
                if (slot.State is { IsPrepared: true } prepared)
                    Complete(slot, prepared);
            }
        }
    }

    /// <summary>Gives a producer its id and epoch. Whoever had the transactional id before is fenced, its open transaction aborted.</summary>
    public (ErrorCode Error, ProducerStamp Producer) Initialize(string? transactionalId, int timeoutMs, ProducerStamp current)
    {
        if (transactionalId is null)
            return Begun(_producerIds.TryNext());
        if (transactionalId.Length == 0)
            return (ErrorCode.InvalidRequest, default);
        if (timeoutMs <= 0 || timeoutMs > _options.TransactionTimeoutMsMax)
            return (ErrorCode.InvalidTransactionTimeout, default);

        while (true)
        {
            if (!_slots.ContainsKey(transactionalId) && _slots.Count >= _options.TransactionalIdsMax)
                return (ErrorCode.PolicyViolation, default);
            var slot = _slots.GetOrAdd(transactionalId, static _ => new Slot());
            lock (slot)
            {
                // Forgotten between the two: the next one is found, or made.
                if (_slots.TryGetValue(transactionalId, out var present) && present == slot)
                    return Initialize(slot, transactionalId, timeoutMs, current);
            }
        }
    }

    /// <summary>Adds partitions to the producer's transaction, beginning one if none is open.</summary>
    public ErrorCode Add(string transactionalId, ProducerStamp producer, IReadOnlyCollection<TopicPartition> partitions, TransactionProtocol protocol)
    {
        if (!_slots.TryGetValue(transactionalId, out var slot))
            return ErrorCode.InvalidProducerIdMapping;
        lock (slot)
            return Add(slot, producer, partitions, protocol);
    }

    /// <summary>Commits or aborts the producer's transaction; on return its markers are in every partition.</summary>
    /// <returns>With the second protocol, what the producer is from now on.</returns>
    public (ErrorCode Error, ProducerStamp Producer) End(string transactionalId, ProducerStamp producer, bool isCommit, TransactionProtocol protocol)
    {
        if (!_slots.TryGetValue(transactionalId, out var slot))
            return (ErrorCode.InvalidProducerIdMapping, default);
        lock (slot)
        {
            var (step, refusal) = TransactionEnd.Of(slot.State, producer, isCommit, protocol);
            var error = step switch
            {
                EndStep.Decide when protocol == TransactionProtocol.Second =>
                    TryRaise(slot.State!) is { } raised ? Decide(slot, raised, isCommit) : ErrorCode.CoordinatorNotAvailable,
                EndStep.Decide => Decide(slot, slot.State! with { Protocol = protocol }, isCommit),
                EndStep.CarryOut => Complete(slot, slot.State!),
                _ => refusal,
            };
            return (error, slot.State?.Producer ?? default);
        }
    }

    /// <summary>None when the producer's transaction is open and holds the partition.</summary>
    public ErrorCode Verify(string transactionalId, ProducerStamp producer, TopicPartition partition)
    {
        var state = Find(transactionalId);
        if (TransactionOwnership.Admit(state, producer) is var error and not ErrorCode.None)
            return error;
        return state!.Partitions.Contains(partition) ? ErrorCode.None : ErrorCode.TransactionAbortable;
    }

    public ErrorCode Write(string transactionalId, ProducerStamp producer, TopicPartition partition, TransactionProtocol protocol, Action write)
    {
        if (!_slots.TryGetValue(transactionalId, out var slot))
            return ErrorCode.InvalidProducerIdMapping;
        lock (slot)
        {
            var error = protocol == TransactionProtocol.Second
                ? Add(slot, producer, [partition], protocol)
                : Verify(transactionalId, producer, partition);
            if (error == ErrorCode.None)
                write();
            // Who writes knows no PRODUCER_FENCED: to it, a fenced producer has an old epoch.
            return error == ErrorCode.ProducerFenced ? ErrorCode.InvalidProducerEpoch : error;
        }
    }

    /// <summary>Aborts transactions that took longer than their producer allowed, and fences their producers. Ends, too, what was decided and could
    /// not be carried out (a full disk): its producer may never ask again, and its readers wait.</summary>
    public void EndOverdue()
    {
        var nowMs = NowMs();
        foreach (var slot in _slots.Values)
        {
            if (slot.State is not { } seen || !(seen.IsPrepared || seen.IsTimedOut(nowMs)))
                continue;
            lock (slot)
                EndOverdue(slot, slot.State!, nowMs);
        }
    }

    /// <summary>Forgets transactional ids that nobody used for long.</summary>
    public void ForgetIdle()
    {
        var sinceMs = NowMs() - _options.TransactionalIdExpirationMs;
        foreach (var (transactionalId, slot) in _slots)
        {
            if (slot.State is null || slot.State.IsIdle(sinceMs))
                ForgetIdle(transactionalId, slot, sinceMs);
        }
    }

    private void ForgetIdle(string transactionalId, Slot slot, long sinceMs)
    {
        lock (slot)
        {
            // Without a state: the journal did not take it.
            if (slot.State is { } state && (!state.IsIdle(sinceMs) || _journal.Append([TransactionRecord.Tombstone(transactionalId)]) != ErrorCode.None))
                return;
            slot.State = null;
            _slots.TryRemove(transactionalId, out _);
        }
    }

    private (ErrorCode Error, ProducerStamp Producer) Initialize(Slot slot, string transactionalId, int timeoutMs, ProducerStamp current)
    {
        if (slot.State is not { } known)
            return _producerIds.TryNext() is { } id ? Save(slot, New(transactionalId, id, timeoutMs)) : Begun(null);
        if (current.ProducerId >= 0 && !known.IsOwn(current))
            return (ErrorCode.ProducerFenced, default);
        if (known.Phase != TransactionPhase.Ongoing && !known.IsPrepared && known.IsAnswered(current))
            return Save(slot, known with { Phase = TransactionPhase.Empty, TimeoutMs = timeoutMs, UpdatedMs = NowMs() });
        if (End(slot, known) is var ended and not ErrorCode.None)
            return (ended, default);
        return TrySucceed(slot.State, timeoutMs, current) is { } successor ? Save(slot, successor) : Begun(null);
    }

    private void EndOverdue(Slot slot, TransactionState state, long nowMs)
    {
        if (state.IsPrepared)
        {
            Complete(slot, state);
        }
        else if (state.IsTimedOut(nowMs))
        {
            _logger.TransactionTimedOut(state.TransactionalId, state.Producer.ProducerId, state.TimeoutMs);
            Decide(slot, state.Fence(), isCommit: false);
        }
    }

    private ErrorCode Add(Slot slot, ProducerStamp producer, IReadOnlyCollection<TopicPartition> partitions, TransactionProtocol protocol)
    {
        if (TransactionOwnership.Admit(slot.State, producer) is var error and not ErrorCode.None)
            return error;
        var state = slot.State!;
        var isOngoing = state.Phase == TransactionPhase.Ongoing;
        if (isOngoing && partitions.All(state.Partitions.Contains))
            return ErrorCode.None;
        var nowMs = NowMs();
        return Save(slot, state with
        {
            Phase = TransactionPhase.Ongoing,
            Partitions = (isOngoing ? state.Partitions.Concat(partitions) : partitions).ToHashSet(),
            StartedMs = isOngoing ? state.StartedMs : nowMs,
            UpdatedMs = nowMs,
            Protocol = protocol,
        }).Error;
    }

    // What a client retries until there is room for noting producer ids.
    private static (ErrorCode Error, ProducerStamp Producer) Begun(long? producerId) =>
        producerId is { } id ? (ErrorCode.None, new ProducerStamp(id, 0)) : (ErrorCode.CoordinatorNotAvailable, default);

    private TransactionState New(string transactionalId, long producerId, int timeoutMs) => new(
        transactionalId, new ProducerStamp(producerId, 0), PreviousEpoch: -1, timeoutMs, TransactionPhase.Empty, NoPartitions, StartedMs: -1, NowMs());

    private TransactionState? TrySucceed(TransactionState state, int timeoutMs, ProducerStamp current)
    {
        var next = new TransactionState(
            state.TransactionalId, state.Producer, PreviousEpoch: current.ProducerId >= 0 ? current.ProducerEpoch : (short)-1,
            timeoutMs, TransactionPhase.Empty, NoPartitions, StartedMs: -1, NowMs());
        if (!state.IsUsedUp())
            return next with { Producer = state.Producer with { ProducerEpoch = (short)(state.Producer.ProducerEpoch + 1) } };
        return _producerIds.TryNext() is { } id ? next with { Producer = new ProducerStamp(id, 0) } : null;
    }

    // Ends what the predecessor left. Its markers carry the raised epoch already, which keeps its late batches out of these partitions.
    private ErrorCode End(Slot slot, TransactionState known) => known switch
    {
        { Phase: TransactionPhase.Ongoing } => Decide(slot, known.Fence(), isCommit: false),
        { IsPrepared: true } => Complete(slot, known),
        _ => ErrorCode.None,
    };

    private TransactionState? TryRaise(TransactionState state) => (state.IsUsedUp() ? _producerIds.TryNext() : TransactionState.NoProducerId) is { } next
        ? state.Raise(next) with { Protocol = TransactionProtocol.Second }
        : null;

    private ErrorCode Decide(Slot slot, TransactionState state, bool isCommit)
    {
        var nowMs = NowMs();
        var prepared = state with
        {
            Phase = isCommit ? TransactionPhase.PrepareCommit : TransactionPhase.PrepareAbort,
            // What is aborted may never have begun.
            StartedMs = state.Phase == TransactionPhase.Ongoing ? state.StartedMs : nowMs,
            UpdatedMs = nowMs,
        };
        var (error, _) = Save(slot, prepared);
        return error == ErrorCode.None ? Complete(slot, prepared) : error;
    }

    private ErrorCode Complete(Slot slot, TransactionState prepared)
    {
        var isCommit = prepared.Phase == TransactionPhase.PrepareCommit;
        // What a client retries; the decision stands, and the markers written already do no harm twice.
        if (!_markers.TryWrite(prepared.Partitions, prepared.Producer, isCommit))
            return ErrorCode.CoordinatorNotAvailable;
        return Save(slot, prepared with
        {
            Producer = prepared.NextProducerId == TransactionState.NoProducerId ? prepared.Producer : new ProducerStamp(prepared.NextProducerId, 0),
            NextProducerId = TransactionState.NoProducerId,
            Phase = isCommit ? TransactionPhase.CompleteCommit : TransactionPhase.CompleteAbort,
            Partitions = NoPartitions,
            StartedMs = -1,
            UpdatedMs = NowMs(),
        }).Error;
    }

    private (ErrorCode Error, ProducerStamp Producer) Save(Slot slot, TransactionState changed)
    {
        var state = changed with { PreviousProducerId = slot.State?.Producer.ProducerId ?? TransactionState.NoProducerId };
        var error = _journal.Append([TransactionRecord.Encode(state)]);
        if (error != ErrorCode.None)
            return (ErrorCode.CoordinatorNotAvailable, default);
        slot.State = state;
        return (ErrorCode.None, state.Producer);
    }

    private void Restore(JournalRecord record)
    {
        var state = TransactionRecord.Decode(record, out var transactionalId);
        if (state is null)
            _slots.TryRemove(transactionalId, out _);
        else
            _slots[transactionalId] = new Slot { State = state };
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    // The lock of one transactional id, and its state: replaced under the lock, read by anybody.
    private sealed class Slot
    {
        private volatile TransactionState? _state;

        public TransactionState? State
        {
            get => _state;
            set => _state = value;
        }
    }
}
