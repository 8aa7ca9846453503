using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log.Compaction;

/// <summary>The coordinators' own topics are compacted, and say the same to the next start.</summary>
public sealed class InternalTopicsTests : IDisposable
{
    private static readonly GroupMember Nobody = new("", GroupInstanceId: null, Generation: -1);
    private static readonly TopicPartition Orders = new("orders", 0);
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Offsets_of_groups_are_the_same_from_a_fraction_of_the_bytes()
    {
        const int CommitCount = 400;
        var topics = await OpenAsync();
        var log = topics.Find(OffsetsTopic.Name)!.Partitions[0];
        using (var groups = Groups(topics))
        {
            for (var i = 0; i < CommitCount; i++)
                Commit(groups, i);
        }

        var sizeBytes = log.SizeBytes;
        await CompactAsync(topics);
        log.SizeBytes.ShouldBeLessThan(sizeBytes / 4);
        await topics.DisposeAsync();

        topics = await OpenAsync();
        using (var groups = Groups(topics))
        {
            Offset(groups, "plain").ShouldBe(CommitCount - 1);
            Offset(groups, "transactional").ShouldBe(CommitCount - 2); // the last one was aborted
            groups.Find("deleted").ShouldBeNull();
        }

        await topics.DisposeAsync();

        void Commit(GroupTable groups, int i)
        {
            var producer = new ProducerStamp(7, 0);
            CommitTo(groups, "plain", i);
            CommitTo(groups, "deleted", i);
            groups.Delete("deleted").ShouldBe(ErrorCode.None);
            CommitTo(groups, "transactional", i, producer);
            log.AppendMarker(producer, isCommit: i < CommitCount - 1, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
        }
    }

    [Fact]
    public async Task Transactional_ids_are_the_same_from_a_fraction_of_the_bytes()
    {
        var topics = await OpenAsync();
        var coordinator = Coordinator(topics);
        for (var i = 0; i < 300; i++)
            coordinator.Initialize($"id {i % 3}", timeoutMs: 1_000, new ProducerStamp(-1, -1)).Error.ShouldBe(ErrorCode.None);
        var before = coordinator.All.OrderBy(state => state.TransactionalId).Select(state => state.Producer).ToList();
        var sizeBytes = topics.Find(InternalTopics.TransactionState)!.Partitions[0].SizeBytes;
        await CompactAsync(topics);
        topics.Find(InternalTopics.TransactionState)!.Partitions[0].SizeBytes.ShouldBeLessThan(sizeBytes / 4);
        await topics.DisposeAsync();

        topics = await OpenAsync();
        Coordinator(topics).All.OrderBy(state => state.TransactionalId).Select(state => state.Producer).ShouldBe(before);
        await topics.DisposeAsync();
    }

    [Fact]
    public async Task A_broker_compacts_by_itself_at_its_interval()
    {
        var topics = await OpenAsync();
        using (var groups = Groups(topics))
        {
            for (var i = 0; i < 400; i++)
                CommitTo(groups, "plain", i);
        }

        await topics.DisposeAsync();
        var sizeBytes = LogBytes();
        var options = new BrokerOptions { DataDirectory = _folder.Path, Groups = { OffsetsTopicPartitions = 1 }, Compaction = { IntervalMs = 1_000 } };
        await using var broker = await EmbeddedBroker.StartAsync(options, time: _time, cancellationToken: TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(IsCompacted, TimeSpan.FromSeconds(20)).ShouldBeTrue("the log is compacted");

        bool IsCompacted()
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return LogBytes() < sizeBytes / 4;
        }

        long LogBytes() => new DirectoryInfo(Path.Combine(_folder.Path, "logs", $"{OffsetsTopic.Name}-0")).GetFiles("*.log").Sum(file => file.Exists ? file.Length : 0);
    }

    private async Task<TopicTable> OpenAsync()
    {
        var topics = TopicTable.Open(new BrokerOptions { DataDirectory = _folder.Path }, _time, NullLogger.Instance);
        await topics.OpenInternalAsync(OffsetsTopic.Name, 1, CancellationToken.None);
        await topics.OpenInternalAsync(InternalTopics.TransactionState, 1, CancellationToken.None);
        foreach (var name in new[] { OffsetsTopic.Name, InternalTopics.TransactionState })
        {
            (await topics.ConfigureAsync(name, Smaller, isDryRun: false, CancellationToken.None)).Error.ShouldBe(ErrorCode.None);
        }

        return topics;

        static IReadOnlyDictionary<string, string> Smaller(IReadOnlyDictionary<string, string> settings) =>
            new Dictionary<string, string>(settings) { ["segment.bytes"] = "4000" };
    }

    private async Task CompactAsync(TopicTable topics)
    {
        var compactor = new Compactor(topics, new CompactionOptions(), _time, NullLogger.Instance);
        await compactor.RunAsync(TestContext.Current.CancellationToken);
        await compactor.RunAsync(TestContext.Current.CancellationToken);
    }

    private GroupTable Groups(TopicTable topics) =>
        new([new LogJournal(topics.Find(OffsetsTopic.Name)!.Partitions[0], _time)], new GroupOptions(), topics, _time, NullLogger.Instance);

    private TransactionCoordinator Coordinator(TopicTable topics) => new(
        new LogJournal(topics.Find(InternalTopics.TransactionState)!.Partitions[0], _time), ProducerIds.Open(_folder.Path, NullLogger.Instance), topics, new BrokerOptions(), _time,
        NullLogger.Instance);

    private void CommitTo(GroupTable groups, string group, long offset, ProducerStamp? transaction = null)
    {
        var found = groups.FindOrCreate(group);
        var committed = new CommittedOffset(offset, LeaderEpoch: -1, "", _time.GetUtcNow().ToUnixTimeMilliseconds());
        found.Commit(Nobody, [KeyValuePair.Create(Orders, committed)], transaction).ShouldBe(ErrorCode.None);
    }

    private static long? Offset(GroupTable groups, string group) => groups.Find(group)?.See((_, offsets) => offsets.Find(Orders)?.Offset);
}
