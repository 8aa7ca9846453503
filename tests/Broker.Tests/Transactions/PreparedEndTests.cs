using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Transactions;

/// <summary>Data as a kill leaves it between the decision about a transaction and the last of its markers, written by the broker's own code.</summary>
public sealed class PreparedEndTests : IDisposable
{
    private const string Id = "transfer";
    private const int Partitions = 3;
    private static readonly IReadOnlyList<TopicPartition> All = [.. Enumerable.Range(0, Partitions).Select(partition => new TopicPartition("orders", partition))];

    private readonly TempFolder _folder = new();

    private BrokerOptions Options => new() { DataDirectory = _folder.Path };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Partitions)]
    public async Task A_commit_is_carried_out_by_the_next_start_however_many_markers_are_written(int marked)
    {
        await LeaveAsync(TransactionPhase.PrepareCommit, marked);
        await StartOnceAsync();
        await ExpectAsync(TransactionPhase.CompleteCommit, aborted: 0);

        // And is over then: another start finds nothing to do.
        var ends = await EndsAsync();
        await StartOnceAsync();
        (await EndsAsync()).ShouldBe(ends);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Partitions)]
    public async Task So_is_an_abort(int marked)
    {
        await LeaveAsync(TransactionPhase.PrepareAbort, marked);
        await StartOnceAsync();
        await ExpectAsync(TransactionPhase.CompleteAbort, aborted: 1);
    }

    public void Dispose() => _folder.Dispose();

    private async Task LeaveAsync(TransactionPhase decision, int marked)
    {
        await using var topics = Open();
        await topics.CreateAsync("orders", Partitions, new Dictionary<string, string>());
        var journal = new LogJournal((await topics.OpenInternalAsync(InternalTopics.TransactionState, partitions: 1, CancellationToken.None))[0], TimeProvider.System);
        var coordinator = Coordinator(journal, topics);
        var producer = coordinator.Initialize(Id, timeoutMs: 10_000, new ProducerStamp(-1, -1)).Producer;
        foreach (var (value, sequence) in new[] { ("before", 0), ("within", 1) })
        {
            coordinator.Add(Id, producer, All, TransactionProtocol.First).ShouldBe(ErrorCode.None);
            foreach (var partition in All)
                topics.Find(partition)!.Append(Some.Batch([value], producer.ProducerId, producer.ProducerEpoch, sequence, isTransactional: true)).Error.ShouldBe(ErrorCode.None);
            if (value == "before")
                coordinator.End(Id, producer, isCommit: true, TransactionProtocol.First).Error.ShouldBe(ErrorCode.None);
        }

        journal.Append([TransactionRecord.Encode(coordinator.Find(Id)! with { Phase = decision })]).ShouldBe(ErrorCode.None);
        foreach (var partition in All.Take(marked))
            topics.Find(partition)!.AppendMarker(producer, decision == TransactionPhase.PrepareCommit, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
    }

    private async Task StartOnceAsync()
    {
        await using var broker = await EmbeddedBroker.StartAsync(Options);
    }

    /// <param name="aborted">Of how many transactions clients are told to leave out the records.</param>
    private async Task ExpectAsync(TransactionPhase phase, int aborted)
    {
        await using var topics = Open();
        foreach (var log in All.Select(partition => topics.Find(partition)!))
        {
            var read = log.Read(offset: 0, bytesMax: 1_000, isFirstWhole: true, isCommittedOnly: true);
            using (read.Records)
                (read.Aborted?.Count ?? 0).ShouldBe(aborted, $"{log.Partition}");
            log.Values(isCommittedOnly: true).ShouldBe(["before", "within"], $"{log.Partition}");
            log.LastStableOffset.ShouldBe(log.NextOffset, $"{log.Partition}");
        }

        var journal = new LogJournal((await topics.OpenInternalAsync(InternalTopics.TransactionState, partitions: 1, CancellationToken.None))[0], TimeProvider.System);
        Coordinator(journal, topics).Find(Id)!.Phase.ShouldBe(phase);
    }

    private async Task<IReadOnlyList<long>> EndsAsync()
    {
        await using var topics = Open();
        return [.. All.Select(partition => topics.Find(partition)!.NextOffset)];
    }

    private TopicTable Open() => TopicTable.Open(Options, TimeProvider.System, NullLogger.Instance);

    private TransactionCoordinator Coordinator(LogJournal journal, TopicTable topics) =>
        new(journal, ProducerIds.Open(_folder.Path, NullLogger.Instance), topics, Options, TimeProvider.System, NullLogger.Instance);
}
