using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Log;
using Streaming.Broker.Tests.Groups;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;
using Streaming.Broker.Tests.Log;

namespace Streaming.Broker.Tests.Transactions;

public sealed class TransactionCoordinatorTests : IAsyncLifetime
{
    private const int TimeoutMs = 10_000;
    private static readonly TopicPartition Here = new("orders", 0);
    private static readonly TopicPartition There = new("orders", 1);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly MemoryJournal _journal = new();
    private readonly EndedTransactions _ended = new();
    private readonly BrokerOptions _options = new();
    private TopicTable _topics = null!;
    private TransactionCoordinator _coordinator = null!;

    public async ValueTask InitializeAsync()
    {
        _topics = TopicTable.Open(new BrokerOptions { DataDirectory = _folder.Path }, _time, NullLogger.Instance);
        await _topics.CreateAsync("orders", 2, new Dictionary<string, string>());
        await _topics.CreateAsync(OffsetsTopic.Name, 1, new Dictionary<string, string>());
        _coordinator = Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _topics.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_successor_ends_the_transaction_of_its_predecessor_before_it_is_answered()
    {
        var zombie = Begin("transfer", Here);

        var successor = Initialize("transfer");

        var read = LogOf(Here).Read(offset: 0, bytesMax: 1_000, isFirstWhole: true, isCommittedOnly: true);
        using (read.Records)
            read.Aborted!.Single().ProducerId.ShouldBe(zombie.ProducerId);
        LogOf(Here).LastStableOffset.ShouldBe(2);
        successor.ProducerId.ShouldBe(zombie.ProducerId);
        successor.ProducerEpoch.ShouldBeGreaterThan(zombie.ProducerEpoch);
    }

    [Fact]
    public void A_fenced_producer_can_neither_write_nor_commit_nor_begin()
    {
        var zombie = Begin("transfer", Here);
        Initialize("transfer");

        Write(Here, zombie, sequence: 1).ShouldBe(ErrorCode.InvalidProducerEpoch);
        _coordinator.Verify("transfer", zombie, Here).ShouldBe(ErrorCode.ProducerFenced);
        Add("transfer", zombie, There).ShouldBe(ErrorCode.ProducerFenced);
        End("transfer", zombie, isCommit: true).ShouldBe(ErrorCode.ProducerFenced);
    }

    [Fact]
    public void Another_producers_id_is_no_proof() =>
        End("transfer", Begin("transfer", Here) with { ProducerId = 4_711 }, isCommit: true).ShouldBe(ErrorCode.InvalidProducerIdMapping);

    [Fact]
    public void An_end_asked_for_twice_is_one()
    {
        var producer = Begin("transfer", Here);
        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.None);

        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.None);

        LogOf(Here).NextOffset.ShouldBe(2);
        End("transfer", producer, isCommit: false).ShouldBe(ErrorCode.InvalidTxnState);
    }

    [Fact]
    public void A_producer_raises_its_own_epoch_and_the_repeated_request_gets_the_same_answer()
    {
        var producer = Initialize("transfer");

        var raised = _coordinator.Initialize("transfer", TimeoutMs, producer).Producer;
        raised.ProducerEpoch.ShouldBe((short)(producer.ProducerEpoch + 1));
        _coordinator.Initialize("transfer", TimeoutMs, producer).Producer.ShouldBe(raised);
        Initialize("transfer");

        _coordinator.Initialize("transfer", TimeoutMs, producer).Error.ShouldBe(ErrorCode.ProducerFenced);
    }

    [Fact]
    public void The_last_epochs_are_followed_by_a_new_producer_id()
    {
        var producer = Initialize("transfer");
        var ids = new HashSet<long> { producer.ProducerId };
        for (var i = 0; i <= short.MaxValue; i++)
            ids.Add(Initialize("transfer").ProducerId);

        ids.Count.ShouldBe(2);
    }

    [Fact]
    public void A_transaction_past_its_time_is_aborted_and_its_producer_fenced()
    {
        var slow = Begin("transfer", Here);
        _time.Advance(TimeSpan.FromMilliseconds(TimeoutMs));
        _coordinator.EndOverdue();
        LogOf(Here).LastStableOffset.ShouldBe(0);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        _coordinator.EndOverdue();

        LogOf(Here).LastStableOffset.ShouldBe(2);
        End("transfer", slow, isCommit: true).ShouldBe(ErrorCode.ProducerFenced);
        Write(Here, slow, sequence: 1).ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Fact]
    public void Offsets_are_told_of_an_end_that_concerns_them_and_of_no_other()
    {
        var other = Begin("other", Here);
        End("other", other, isCommit: true).ShouldBe(ErrorCode.None);
        var producer = Initialize("transfer");
        Add("transfer", producer, new TopicPartition(OffsetsTopic.Name, 0)).ShouldBe(ErrorCode.None);

        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.None);

        _ended.ShouldBe([(producer, true)]);
    }

    [Fact]
    public void A_decision_that_could_not_be_carried_out_is_by_the_clock()
    {
        var producer = Begin("transfer", Here);
        _journal.Room = 1;      // For the decision; what follows finds the disk full.
        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.CoordinatorNotAvailable);
        Add("transfer", producer, There).ShouldBe(ErrorCode.ConcurrentTransactions);

        _journal.Room = int.MaxValue;
        _coordinator.EndOverdue();

        _coordinator.Find("transfer")!.Phase.ShouldBe(TransactionPhase.CompleteCommit);
        Add("transfer", producer, There).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task A_marker_that_can_not_be_written_leaves_the_decision_to_be_repeated()
    {
        var producer = Begin("transfer", Here);
        await LogOf(Here).CloseAsync();

        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.CoordinatorNotAvailable);

        _coordinator.Find("transfer")!.Phase.ShouldBe(TransactionPhase.PrepareCommit);
    }

    [Fact]
    public void A_crash_between_decision_and_markers_is_made_good_at_the_start()
    {
        var producer = Begin("transfer", Here);
        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.None);
        var decided = _journal.Read().ToList();
        Begin("transfer", There, producer);

        // The decision about the second transaction, as it stands in a journal that ends there.
        _journal.Room = 1;
        End("transfer", producer, isCommit: true).ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _journal.Room = int.MaxValue;
        var restarted = Start();

        decided.Count.ShouldBe(4);
        restarted.Find("transfer")!.Phase.ShouldBe(TransactionPhase.CompleteCommit);
        LogOf(There).Values(isCommittedOnly: true).Count.ShouldBe(1);
    }

    [Fact]
    public void Ids_that_nobody_used_for_long_are_forgotten_and_those_with_an_open_transaction_not()
    {
        var idle = Begin("idle", Here);
        End("idle", idle, isCommit: true).ShouldBe(ErrorCode.None);
        var open = Begin("open", There);
        _time.Advance(TimeSpan.FromDays(8));
        var recent = Initialize("recent");

        _coordinator.ForgetIdle();

        _coordinator.All.Select(state => state.TransactionalId).ShouldBe(["open", "recent"], ignoreOrder: true);
        Start().All.Select(state => state.TransactionalId).ShouldBe(["open", "recent"], ignoreOrder: true);
        Add("idle", idle, Here).ShouldBe(ErrorCode.InvalidProducerIdMapping);
        Initialize("idle").ProducerId.ShouldNotBe(idle.ProducerId);
        End("open", open, isCommit: true).ShouldBe(ErrorCode.None);
        Add("recent", recent, Here).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Ids_beyond_the_limit_are_refused()
    {
        _options.TransactionalIdsMax = 1;
        Initialize("first");

        _coordinator.Initialize("second", TimeoutMs, ProducerStamp.None).Error.ShouldBe(ErrorCode.PolicyViolation);

        Initialize("first");
    }

    private TransactionCoordinator Start()
    {
        var coordinator = new TransactionCoordinator(
            _journal, ProducerIds.Open(_folder.Path, NullLogger.Instance), _topics, _options, _time, NullLogger.Instance);
        coordinator.Start(_ended);
        return coordinator;
    }

    private ProducerStamp Initialize(string transactionalId)
    {
        var (error, producer) = _coordinator.Initialize(transactionalId, TimeoutMs, ProducerStamp.None);
        error.ShouldBe(ErrorCode.None);
        return producer;
    }

    private ErrorCode Add(string transactionalId, ProducerStamp producer, TopicPartition partition) =>
        _coordinator.Add(transactionalId, producer, [partition], TransactionProtocol.First);

    private ErrorCode End(string transactionalId, ProducerStamp producer, bool isCommit) =>
        _coordinator.End(transactionalId, producer, isCommit, TransactionProtocol.First).Error;

    /// <summary>A transaction with one record in a partition.</summary>
    private ProducerStamp Begin(string transactionalId, TopicPartition partition, ProducerStamp? known = null)
    {
        var producer = known ?? Initialize(transactionalId);
        Add(transactionalId, producer, partition).ShouldBe(ErrorCode.None);
        Write(partition, producer, sequence: 0).ShouldBe(ErrorCode.None);
        return producer;
    }

    private ErrorCode Write(TopicPartition partition, ProducerStamp producer, int sequence) =>
        LogOf(partition).Append(Some.Batch(["written"], producer.ProducerId, producer.ProducerEpoch, sequence, isTransactional: true)).Error;

    private PartitionLog LogOf(TopicPartition partition) => _topics.Find(partition)!;

    private sealed class EndedTransactions : List<(ProducerStamp, bool)>, ITransactionListener
    {
        public void Ended(ProducerStamp producer, bool isCommitted) => Add((producer, isCommitted));
    }
}
