using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Log;
using Streaming.Broker.Tests.Groups;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Transactions;

/// <summary>The second transaction protocol where it meets restarts and other writers. What clients are answered, the conformance tests show.</summary>
public sealed class SecondProtocolTests : IAsyncLifetime
{
    private const string Id = "transfer";
    private static readonly TopicPartition Here = new("orders", 0);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly MemoryJournal _journal = new();
    private TopicTable _topics = null!;
    private TransactionCoordinator _coordinator = null!;

    private PartitionLog Log => _topics.Find(Here)!;

    public async ValueTask InitializeAsync()
    {
        _topics = TopicTable.Open(new BrokerOptions { DataDirectory = _folder.Path }, _time, NullLogger.Instance);
        await _topics.CreateAsync("orders", 1, new Dictionary<string, string>());
        _coordinator = Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _topics.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void An_end_is_answered_again_after_a_restart()
    {
        var producer = Begin(Initialize());
        var next = Succeeded(_coordinator.End(Id, producer, isCommit: true, TransactionProtocol.Second));

        Succeeded(Start().End(Id, producer, isCommit: true, TransactionProtocol.Second)).ShouldBe(next);
    }

    [Fact]
    public void A_decision_that_a_crash_cut_short_is_carried_out_with_its_raised_epoch()
    {
        var producer = Begin(Initialize());
        _journal.Room = 1;      // For the decision; the crash comes before it is complete.
        _coordinator.End(Id, producer, isCommit: true, TransactionProtocol.Second).Error.ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _journal.Room = int.MaxValue;

        _coordinator = Start();

        Succeeded(_coordinator.End(Id, producer, isCommit: true, TransactionProtocol.Second)).ShouldBe(producer with { ProducerEpoch = 1 });
        Log.SelectProducers(known => known.Epoch).ShouldBe([(short)1]);
        Write(producer, sequence: 1).ShouldBe(ErrorCode.InvalidProducerEpoch);
    }

    [Fact]
    public void So_is_the_end_of_the_last_epoch_and_its_successor_is_remembered()
    {
        var last = Initialize();
        while (last.ProducerEpoch < TransactionState.LastEpoch)
            last = Initialize();
        Begin(last);
        _journal.Room = 1;
        _coordinator.End(Id, last, isCommit: false, TransactionProtocol.Second).Error.ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _journal.Room = int.MaxValue;
        var promised = _coordinator.Find(Id)!.NextProducerId;

        _coordinator = Start();

        Succeeded(_coordinator.End(Id, last, isCommit: false, TransactionProtocol.Second)).ShouldBe(new ProducerStamp(promised, 0));
        Write(last, sequence: 1).ShouldBe(ErrorCode.InvalidProducerEpoch);
        Write(new ProducerStamp(promised, 0), sequence: 0).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task A_transaction_does_not_end_while_something_is_written_in_it()
    {
        var producer = Initialize();
        using var writing = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var write = Task.Run(() => _coordinator.Write(Id, producer, Here, TransactionProtocol.Second, () =>
        {
            writing.Set();
            goOn.Wait(TimeSpan.FromSeconds(20));
            Append(producer, sequence: 0).ShouldBe(ErrorCode.None);
        }));
        writing.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        var end = Task.Run(() => _coordinator.End(Id, producer, isCommit: true, TransactionProtocol.Second));
        goOn.Set();

        (await write).ShouldBe(ErrorCode.None);
        Succeeded(await end);
        Log.LastStableOffset.ShouldBe(2);
    }

    [Fact]
    public void A_transaction_past_its_time_leaves_its_producer_fenced()
    {
        var producer = Begin(Initialize());
        _time.Advance(TimeSpan.FromMinutes(1));
        _coordinator.EndOverdue();

        Log.LastStableOffset.ShouldBe(2);
        Write(producer, sequence: 1).ShouldBe(ErrorCode.InvalidProducerEpoch);
        _coordinator.End(Id, producer, isCommit: true, TransactionProtocol.Second).Error.ShouldBe(ErrorCode.InvalidTxnState);
        _coordinator.Initialize(Id, timeoutMs: 10_000, producer).Error.ShouldBe(ErrorCode.ProducerFenced);
    }

    private TransactionCoordinator Start()
    {
        var coordinator = new TransactionCoordinator(
            _journal, ProducerIds.Open(_folder.Path, NullLogger.Instance), _topics, new BrokerOptions { DataDirectory = _folder.Path }, _time, NullLogger.Instance);
        coordinator.Start(new Nobody());
        return coordinator;
    }

    private ProducerStamp Initialize() => Succeeded(_coordinator.Initialize(Id, timeoutMs: 10_000, ProducerStamp.None));

    private ProducerStamp Begin(ProducerStamp producer)
    {
        Write(producer, sequence: 0).ShouldBe(ErrorCode.None);
        return producer;
    }

    private ErrorCode Write(ProducerStamp producer, int sequence)
    {
        var appended = ErrorCode.None;
        var error = Log.IsFenced(producer)
            ? ErrorCode.InvalidProducerEpoch
            : _coordinator.Write(Id, producer, Here, TransactionProtocol.Second, () => appended = Append(producer, sequence));
        return error == ErrorCode.None ? appended : error;
    }

    private ErrorCode Append(ProducerStamp producer, int sequence) =>
        Log.Append(Some.Batch(["written"], producer.ProducerId, producer.ProducerEpoch, sequence, isTransactional: true)).Error;

    private static ProducerStamp Succeeded((ErrorCode Error, ProducerStamp Producer) answer)
    {
        answer.Error.ShouldBe(ErrorCode.None);
        return answer.Producer;
    }

    private sealed class Nobody : ITransactionListener
    {
        public void Ended(ProducerStamp producer, bool isCommitted)
        {
            // Nobody commits offsets here.
        }
    }
}
