using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

/// <summary>Groups on the broker's own log, stopped properly or copied away in full flight.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly GroupMember Nobody = new("", GroupInstanceId: null, Generation: -1);
    private static readonly TopicPartition Orders = new("orders", 0);
    private static readonly ProducerStamp Producer = new(ProducerId: 7, ProducerEpoch: 0);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Offsets_deletions_and_transactions_are_as_they_were()
    {
        var topics = Open(_folder.Path);
        using (var groups = await StartAsync(topics))
        {
            Commit(groups, "kept", offset: 10);
            Commit(groups, "deleted", offset: 11);
            groups.Delete("deleted").ShouldBe(ErrorCode.None);
            Commit(groups, "committed", offset: 12, Producer);
            topics.Find(groups.JournalPartitionOf("committed"))!.AppendMarker(Producer, isCommit: true, coordinatorEpoch: 0).ShouldBe(ErrorCode.None);
            Commit(groups, "open", offset: 13, Producer with { ProducerId = 8 });
        }

        // Not closed: a copy of the files is what a killed process leaves.
        using var copy = new TempFolder();
        Copy(_folder.Path, copy.Path);
        await CheckAsync(Open(copy.Path));
        await topics.DisposeAsync();
        await CheckAsync(Open(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private async Task CheckAsync(TopicTable topics)
    {
        using (var groups = await StartAsync(topics))
        {
            Fetch(groups, "kept").ShouldBe(10);
            groups.Find("deleted").ShouldBeNull();
            Fetch(groups, "committed").ShouldBe(12);
            Fetch(groups, "open").ShouldBeNull();
            groups.Find("open")!.See((_, offsets) => offsets.IsUnstable(Orders)).ShouldBeTrue();
        }

        await topics.DisposeAsync();
    }

    private TopicTable Open(string folder) => TopicTable.Open(new BrokerOptions { DataDirectory = folder }, _time, NullLogger.Instance);

    private async Task<GroupTable> StartAsync(TopicTable topics)
    {
        var logs = await topics.OpenInternalAsync(InternalTopics.ConsumerOffsets, partitions: 4, CancellationToken.None);
        return new GroupTable([.. logs.Select(log => new LogJournal(log, _time))], new GroupOptions(), topics, _time, NullLogger.Instance);
    }

    private void Commit(GroupTable groups, string group, long offset, ProducerStamp? transaction = null) => groups.FindOrCreate(group).Commit(
        Nobody, [KeyValuePair.Create(Orders, new CommittedOffset(offset, LeaderEpoch: -1, "", _time.GetUtcNow().ToUnixTimeMilliseconds()))], transaction)
        .ShouldBe(ErrorCode.None);

    private static long? Fetch(GroupTable groups, string group) => groups.Find(group)?.See((_, offsets) => offsets.Find(Orders)?.Offset);

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, file.Replace(from, to, StringComparison.Ordinal));
    }
}
