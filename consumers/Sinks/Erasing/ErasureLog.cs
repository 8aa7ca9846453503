using System.Diagnostics;
using Confluent.Kafka;
using Streaming.Contracts.Commands;
using Streaming.Serdes;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Erasing;

/// <summary>Reads erasures topics: partition p of one speaks of partition p of its context's events.</summary>
/// <remarks>By a consumer of its own, outside the group, made when something is to be read: mostly there is nothing.</remarks>
/// <param name="topics">Erasures topic by events topic.</param>
internal sealed class ErasureLog(ConsumerConfig config, IReadOnlyDictionary<string, string> topics, RecordReaders readers) : IErasureLog, IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private IConsumer<byte[]?, byte[]?>? _consumer;

    /// <exception cref="PartitionStoppedException">A record there is no erasure.</exception>
    public async Task<ErasuresRead> ReadAsync(SourcePartition source, long fromOffset, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var partition = new TopicPartition(topics[source.Topic], source.Partition);
            // Blocks on answers of the cluster, so it gets a thread of its own.
            var (records, end) = await Task.Factory.StartNew(
                () => Read(partition, fromOffset, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var erasures = new List<Erasure>(records.Count);
            foreach (var record in records)
                erasures.Add(await DecodeAsync(record, cancellationToken));
            return new(erasures, end);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        _consumer?.Dispose();
        _oneAtATime.Dispose();
    }

    private (List<ConsumeResult<byte[]?, byte[]?>> Records, long End) Read(TopicPartition partition, long fromOffset, CancellationToken cancellationToken)
    {
        _consumer ??= new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ }).Build();
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        var end = _consumer.QueryWatermarkOffsets(partition, RequestTimeout).High.Value;
        if (end <= fromOffset)
            return (records, fromOffset);
        _consumer.Assign(new TopicPartitionOffset(partition, fromOffset));
        try
        {
            for (var started = Stopwatch.GetTimestamp(); ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var record = _consumer.Consume(PollTime);
                // An end before the one awaited is that of the committed records.
                if (record is { IsPartitionEOF: true } && record.Offset.Value >= end)
                    return (records, end);
                if (record is { IsPartitionEOF: false })
                    records.Add(record);
                else if (Stopwatch.GetElapsedTime(started) > Patience)
                    throw new TimeoutException($"{partition} could not be read up to {end} within {Patience.TotalSeconds:0} s.");
            }
        }
        finally
        {
            _consumer.Unassign();
        }
    }

    private async Task<Erasure> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        try
        {
            if (record.Message.Value is not { } value)
                throw Wrong(record, "it takes an erasure back, which nobody can");
            if (!WireFormat.TryRead(value, out var schemaId, out _, out var why))
                throw Wrong(record, why);
            var reader = await readers.FindAsync(schemaId, cancellationToken);
            return reader.Read(value.AsSpan(WireFormat.PrefixBytes)) is AggregateErased erased
                ? new(erased.AggregateId, erased.LastSequence, erased.Reason, erased.ErasedAt)
                : throw Wrong(record, $"it is a {reader.Writer.FullName}");
        }
        catch (UndecodableRecordException cause)
        {
            throw Wrong(record, cause.Message);
        }
    }

    private static PartitionStoppedException Wrong(ConsumeResult<byte[]?, byte[]?> record, string what) => new(
        $"the record at {record.Topic}-{record.Partition.Value}@{record.Offset.Value} is no erasure: {what}. What was erased cannot be told apart from what is lost.");
}
