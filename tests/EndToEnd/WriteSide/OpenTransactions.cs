using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>A record that is written, and neither committed nor aborted.</summary>
/// <param name="Id">CloudEvents' <c>ce_id</c>: an event's id, or a command's.</param>
/// <param name="Cause">Of an event, the command's id.</param>
/// <param name="Source">Who wrote it.</param>
internal sealed record OpenRecord(int Partition, long Offset, string Subject, string Id, string Cause, string Source);

/// <summary>What stands in a topic between its last stable offset and its end, as nobody who reads committed records sees it.</summary>
internal sealed class OpenTransactions(string bootstrapServers, string topic) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly IAdminClient _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
    private readonly IConsumer<byte[], byte[]> _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "unused",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadUncommitted,
        FetchWaitMaxMs = 10,
    }).Build();

    /// <summary>What is open now. The ends are asked for first: what is committed meanwhile does not count as open.</summary>
    public async Task<IReadOnlyList<OpenRecord>> LookAsync()
    {
        var ends = await EndsAsync(IsolationLevel.ReadUncommitted);
        var stable = await EndsAsync(IsolationLevel.ReadCommitted);
        var open = ends.Where(end => end.Value > stable[end.Key]).ToDictionary();
        return open.Count == 0 ? [] : Read(stable, open);
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _admin.Dispose();
    }

    private async Task<Dictionary<TopicPartition, long>> EndsAsync(IsolationLevel isolation)
    {
        var partitions = Enumerable.Range(0, LogCheck.PartitionCount).Select(partition => new TopicPartition(topic, partition));
        var ends = await _admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }),
            new ListOffsetsOptions { IsolationLevel = isolation, RequestTimeout = Deadline });
        return ends.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }

    private List<OpenRecord> Read(Dictionary<TopicPartition, long> from, Dictionary<TopicPartition, long> to)
    {
        var records = new List<OpenRecord>();
        using var late = new CancellationTokenSource(Deadline);
        _consumer.Assign(to.Keys.Select(partition => new TopicPartitionOffset(partition, from[partition])));
        while (to.Count > 0)
        {
            var record = _consumer.Consume(late.Token);
            if (!record.IsPartitionEOF)
                records.Add(new(record.Partition.Value, record.Offset.Value, record.Message.Headers.Text("ce_subject"), record.Message.Headers.Text("ce_id"), record.Message.Headers.Text("ce_causationid"), record.Message.Headers.Text("ce_source")));
            else if (to.TryGetValue(record.TopicPartition, out var end) && record.Offset.Value >= end)
                to.Remove(record.TopicPartition);
        }

        _consumer.Unassign();
        return records;
    }
}
