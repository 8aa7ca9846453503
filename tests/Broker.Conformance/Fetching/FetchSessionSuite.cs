using Confluent.Kafka;
using Streaming.Broker.Tests;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Fetching;

/// <summary>Fetch sessions (KIP-227), byte by byte: the clients that tests use otherwise name all partitions in every fetch.</summary>
public abstract class FetchSessionSuite(KafkaFixture kafka) : IAsyncLifetime
{
    private const int Partitions = 3;
    private readonly string _topic = SomeNames.Name("sessions");
    private RawClient _client = null!;
    private IProducer<string, string> _producer = null!;

    public async ValueTask InitializeAsync()
    {
        var broker = OneBroker.Of(kafka.BootstrapServers);
        await broker.CreateTopicAsync(_topic, Partitions);
        _client = await RawClient.ConnectAsync(broker.Address);
        _producer = Clients.Idempotent(kafka.BootstrapServers);
        foreach (var partition in Enumerable.Range(0, Partitions))
            await ProduceAsync(partition);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client.Dispose();
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    [ConformanceFact]
    public async Task Only_what_is_new_is_told()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0), (1, 0), (2, 0)]);
        first.Partitions.ShouldBe([0, 1, 2]);
        first.SessionId.ShouldNotBe(0);

        (await FetchAsync(new(first.SessionId, 1), [(0, 1), (1, 1), (2, 1)])).Partitions.ShouldBeEmpty();
        await ProduceAsync(1);
        (await FetchAsync(new(first.SessionId, 2), [])).Partitions.ShouldBe([1]);
        (await FetchAsync(new(first.SessionId, 3), [(1, 2)])).Partitions.ShouldBeEmpty();
        await ProduceAsync(1);
        (await FetchAsync(new(first.SessionId, 4), [], forgotten: [1])).Partitions.ShouldBeEmpty();
        (await FetchAsync(new(first.SessionId, 5), [(1, 2)])).Partitions.ShouldBe([1]);
    }

    [ConformanceFact]
    public async Task A_partition_that_is_always_full_lets_others_come_first()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0), (1, 0)], bytesMax: 1);
        first.Partitions.ShouldBe([0, 1]);
        first.WithRecords.ShouldBe([0]);
        var second = await FetchAsync(new(first.SessionId, 1), [], bytesMax: 1);
        var third = await FetchAsync(new(first.SessionId, 2), [], bytesMax: 1);
        second.WithRecords.Concat(third.WithRecords).ShouldBe([0, 1], ignoreOrder: true);
    }

    [ConformanceFact]
    public async Task An_epoch_out_of_order_and_an_unknown_session_are_refused()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0)]);
        (await FetchAsync(new(first.SessionId, 2), [])).Error.ShouldBe(Wire.ErrorCode.InvalidFetchSessionEpoch);
        (await FetchAsync(new(first.SessionId, 1), [])).Error.ShouldBe(Wire.ErrorCode.None);
        (await FetchAsync(new(first.SessionId, 1), [])).Error.ShouldBe(Wire.ErrorCode.InvalidFetchSessionEpoch);
        (await FetchAsync(new(first.SessionId ^ 1, 1), [])).Error.ShouldBe(Wire.ErrorCode.FetchSessionIdNotFound);
    }

    [ConformanceFact]
    public async Task A_client_ends_its_session_and_begins_another()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0), (1, 0)]);
        var second = await FetchAsync(new(first.SessionId, 0), [(1, 0)]);
        second.SessionId.ShouldNotBe(0);
        (await FetchAsync(new(first.SessionId, 1), [])).Error.ShouldBe(Wire.ErrorCode.FetchSessionIdNotFound);

        var last = await FetchAsync(new(second.SessionId, -1), [(0, 0)]);
        last.Partitions.ShouldBe([0]);
        last.SessionId.ShouldBe(0);
        (await FetchAsync(new(second.SessionId, 1), [])).Error.ShouldBe(Wire.ErrorCode.FetchSessionIdNotFound);
    }

    [ConformanceFact]
    public async Task A_session_that_follows_nothing_any_more_is_over()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0)]);
        var empty = await FetchAsync(new(first.SessionId, 1), [], forgotten: [0]);
        empty.Error.ShouldBe(Wire.ErrorCode.None);
        empty.SessionId.ShouldBe(0);
        (await FetchAsync(new(first.SessionId, 2), [])).Error.ShouldBe(Wire.ErrorCode.FetchSessionIdNotFound);
    }

    [ConformanceFact]
    public async Task A_session_keeps_to_names_or_to_ids()
    {
        var first = await FetchAsync(new(0, 0), [(0, 0)]);
        (await FetchAsync(new(first.SessionId, 1), [], version: 13)).Error.ShouldBe(Wire.ErrorCode.FetchSessionTopicIdError);
    }

    [ConformanceFact]
    public async Task An_offset_out_of_range_is_told_every_time()
    {
        var first = await FetchAsync(new(0, 0), [(0, 99), (1, 1)]);
        first.PartitionErrors.ShouldBe([Wire.ErrorCode.OffsetOutOfRange, Wire.ErrorCode.None]);
        (await FetchAsync(new(first.SessionId, 1), [])).PartitionErrors.ShouldBe([Wire.ErrorCode.OffsetOutOfRange]);
        (await FetchAsync(new(first.SessionId, 2), [(0, 0)])).WithRecords.ShouldBe([0]);
    }

    private async Task ProduceAsync(int partition) => await _producer.ProduceAsync(new TopicPartition(_topic, partition), Clients.Message("v"));

    private Task<Answer> FetchAsync(
        (int SessionId, int Epoch) session, (int Partition, long Offset)[] partitions, int[]? forgotten = null, int bytesMax = 1_000_000, short version = 12)
    {
        return _client.AskAsync(ApiKey.Fetch, version, isFlexible: true, WriteRequest, ReadAnswer);

        void WriteRequest(WireWriter writer)
        {
            if (version <= 14)
                writer.WriteInt32(-1); // replica id: a client
            writer.WriteInt32(0); // longest wait
            writer.WriteInt32(0); // least bytes
            writer.WriteInt32(bytesMax);
            writer.WriteInt8(0); // read uncommitted
            writer.WriteInt32(session.SessionId);
            writer.WriteInt32(session.Epoch);
            writer.WriteArray(partitions.Length > 0 ? [_topic] : Array.Empty<string>(), (w, topic) =>
            {
                w.WriteString(topic);
                w.WriteArray(partitions, WritePartition);
                w.WriteEmptyTags();
            });
            writer.WriteArray(forgotten is null ? [] : new[] { _topic }, (w, topic) =>
            {
                w.WriteString(topic);
                w.WriteInt32Array(forgotten!);
                w.WriteEmptyTags();
            });
            writer.WriteString(""); // rack
            writer.WriteEmptyTags();
        }
    }

    private static void WritePartition(WireWriter writer, (int Partition, long Offset) partition)
    {
        writer.WriteInt32(partition.Partition);
        writer.WriteInt32(-1); // leader epoch
        writer.WriteInt64(partition.Offset);
        writer.WriteInt32(-1); // last fetched epoch
        writer.WriteInt64(-1); // a follower's log start
        writer.WriteInt32(1_000_000);
        writer.WriteEmptyTags();
    }

    private static Answer ReadAnswer(ref WireReader reader)
    {
        reader.ReadInt32(); // throttle time
        var error = (Wire.ErrorCode)reader.ReadInt16();
        var sessionId = reader.ReadInt32();
        var topics = reader.ReadArray(static (ref r) =>
        {
            if (r.Version < 13)
                r.ReadString();
            else
                r.ReadUuid();
            var partitions = r.ReadArray(ReadPartition);
            r.SkipTags();
            return partitions;
        });
        reader.SkipTags();
        var told = topics.SelectMany(partitions => partitions).ToList();
        return new Answer(error, sessionId, [.. told.Select(one => one.Partition)], [.. told.Where(one => one.HasRecords).Select(one => one.Partition)], [.. told.Select(one => one.Error)]);
    }

    private static (int Partition, Wire.ErrorCode Error, bool HasRecords) ReadPartition(ref WireReader reader)
    {
        var partition = reader.ReadInt32();
        var error = (Wire.ErrorCode)reader.ReadInt16();
        reader.ReadInt64(); // high watermark
        reader.ReadInt64(); // last stable offset
        reader.ReadInt64(); // log start
        reader.ReadNullableArray(static (ref r) => (r.ReadInt64(), r.ReadInt64())); // aborted transactions: none
        reader.ReadInt32(); // preferred replica
        var records = reader.ReadNullableBytes();
        reader.SkipTags();
        return (partition, error, records is { Length: > 0 });
    }

    private sealed record Answer(Wire.ErrorCode Error, int SessionId, int[] Partitions, int[] WithRecords, Wire.ErrorCode[] PartitionErrors);
}

public sealed class EmbeddedFetchSessionTests(EmbeddedKafkaFixture kafka) : FetchSessionSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealFetchSessionTests(RealKafkaFixture kafka) : FetchSessionSuite(kafka), IClassFixture<RealKafkaFixture>;
