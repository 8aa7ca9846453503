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
/// being written. A new producer of an id raises the epoch, and ends what its predecessor left open before it is answered.
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
            return (ErrorCode.None, new ProducerStamp(_producerIds.Next(), 0));
        if (transactionalId.Length == 0)
            return (ErrorCode.InvalidRequest, default);
        if (timeoutMs <= 0 || timeoutMs > _options.TransactionTimeoutMsMax)
            return (ErrorCode.InvalidTransactionTimeout, default);

        var slot = _slots.GetOrAdd(transactionalId, static _ => new Slot());
        lock (slot)
        {
            if (slot.State is not { } known)
                return Save(slot, New(transactionalId, timeoutMs));
            if (current.ProducerId >= 0 && !known.IsOwn(current))
                return (ErrorCode.ProducerFenced, default);
            // The same request once more, whose answer was lost.
            if (current.ProducerId >= 0 && current.ProducerEpoch == known.PreviousEpoch && known.Phase == TransactionPhase.Empty)
                return (ErrorCode.None, known.Producer);
            if (End(slot, known) is var ended and not ErrorCode.None)
                return (ended, default);
            return Save(slot, Succeed(slot.State, timeoutMs, current));
        }
    }

    /// <summary>Adds partitions to the producer's transaction, beginning one if none is open.</summary>
    public ErrorCode Add(string transactionalId, ProducerStamp producer, IReadOnlyCollection<TopicPartition> partitions)
    {
        if (!_slots.TryGetValue(transactionalId, out var slot))
            return ErrorCode.InvalidProducerIdMapping;
        lock (slot)
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
            }).Error;
        }
    }

    /// <summary>Commits or aborts the producer's transaction; on return its markers are in every partition.</summary>
    public ErrorCode End(string transactionalId, ProducerStamp producer, bool isCommit)
    {
        if (!_slots.TryGetValue(transactionalId, out var slot))
            return ErrorCode.InvalidProducerIdMapping;
        lock (slot)
        {
            if (TransactionOwnership.Own(slot.State, producer) is var error and not ErrorCode.None)
                return error;
            return (slot.State!.Phase, isCommit) switch
            {
                (TransactionPhase.Ongoing, _) => Decide(slot, slot.State, isCommit),
                (TransactionPhase.PrepareCommit, true) or (TransactionPhase.PrepareAbort, false) => Complete(slot, slot.State),
                // The same request once more, whose answer was lost.
                (TransactionPhase.CompleteCommit, true) or (TransactionPhase.CompleteAbort, false) => ErrorCode.None,
                _ => ErrorCode.InvalidTxnState,
            };
        }
    }

    public ErrorCode Verify(string transactionalId, ProducerStamp producer, TopicPartition partition)
    {
        var state = Find(transactionalId);
        // Produce and offset commits know no PRODUCER_FENCED: to them a fenced producer has an old epoch.
        if (TransactionOwnership.Own(state, producer) is var error and not ErrorCode.None)
            return error == ErrorCode.ProducerFenced ? ErrorCode.InvalidProducerEpoch : error;
        if (state!.IsPrepared)
            return ErrorCode.ConcurrentTransactions;
        return state.Phase == TransactionPhase.Ongoing && state.Partitions.Contains(partition) ? ErrorCode.None : ErrorCode.InvalidTxnState;
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

    private TransactionState New(string transactionalId, int timeoutMs) => new(
        transactionalId, new ProducerStamp(_producerIds.Next(), 0), PreviousEpoch: -1, timeoutMs, TransactionPhase.Empty, NoPartitions, StartedMs: -1, NowMs());

    private TransactionState Succeed(TransactionState state, int timeoutMs, ProducerStamp current)
    {
        var next = new TransactionState(
            state.TransactionalId, state.Producer, PreviousEpoch: current.ProducerId >= 0 ? current.ProducerEpoch : (short)-1,
            timeoutMs, TransactionPhase.Empty, NoPartitions, StartedMs: -1, NowMs());
        // The last epoch stays free for fencing a time-out; before it, a new producer id begins at epoch 0.
        return state.Producer.ProducerEpoch >= short.MaxValue - 1
            ? next with { Producer = new ProducerStamp(_producerIds.Next(), 0), PreviousEpoch = -1 }
            : next with { Producer = state.Producer with { ProducerEpoch = (short)(state.Producer.ProducerEpoch + 1) } };
    }

    // Ends what the predecessor left. Its markers carry the raised epoch already, which keeps its late batches out of these partitions.
    private ErrorCode End(Slot slot, TransactionState known) => known switch
    {
        { Phase: TransactionPhase.Ongoing } => Decide(slot, known.Fence(), isCommit: false),
        { IsPrepared: true } => Complete(slot, known),
        _ => ErrorCode.None,
    };

    private ErrorCode Decide(Slot slot, TransactionState state, bool isCommit)
    {
        var prepared = state with { Phase = isCommit ? TransactionPhase.PrepareCommit : TransactionPhase.PrepareAbort, UpdatedMs = NowMs() };
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
            Phase = isCommit ? TransactionPhase.CompleteCommit : TransactionPhase.CompleteAbort,
            Partitions = NoPartitions,
            StartedMs = -1,
            UpdatedMs = NowMs(),
        }).Error;
    }

    private (ErrorCode Error, ProducerStamp Producer) Save(Slot slot, TransactionState state)
    {
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
