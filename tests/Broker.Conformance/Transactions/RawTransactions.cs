using Streaming.Broker.Records;
using Streaming.Broker.Tests;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Transactions;

/// <summary>A batch as it lies in a partition: enough of it to tell data from markers, and whose they are.</summary>
/// <param name="IsCommit">Null for data.</param>
internal readonly record struct LoggedBatch(long BaseOffset, ProducerStamp Producer, bool? IsCommit);

/// <summary>A transactional producer, request by request, in the versions that a test asks for.</summary>
internal sealed class RawTransactions(RawClient client, string transactionalId) : IDisposable
{
    public const int TimeoutMs = 20_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // What Kafka answers while a coordinator is being made, or the markers of the last transaction are being written.
    private static readonly HashSet<ErrorCode> Retried =
        [ErrorCode.CoordinatorNotAvailable, ErrorCode.NotCoordinator, ErrorCode.CoordinatorLoadInProgress, ErrorCode.ConcurrentTransactions];

    public static async Task<RawTransactions> ConnectAsync(string bootstrapServers, string transactionalId, bool isPatient = true)
    {
        var producer = new RawTransactions(await RawClient.ConnectAsync(bootstrapServers), transactionalId) { IsPatient = isPatient };
        await producer.FindCoordinatorAsync(transactionalId, kind: 1);
        return producer;
    }

    /// <summary>Whether what means "try again" is tried again.</summary>
    public bool IsPatient { get; init; } = true;

    public void Dispose() => client.Dispose();

    /// <inheritdoc cref="CoordinatorLookup.AskCoordinatorAsync"/>
    public async Task<int> FindCoordinatorAsync(string key, sbyte kind) => (await RetryAsync(() => client.AskCoordinatorAsync(key, kind))).Answer;

    public Task<(ErrorCode Error, ProducerStamp Producer)> InitializeAsync(ProducerStamp? current = null) => RetryAsync(() =>
        client.AskAsync(ApiKey.InitProducerId, 5, isFlexible: true, writer =>
        {
            writer.WriteNullableString(transactionalId);
            writer.WriteInt32(TimeoutMs);
            Write(writer, current ?? ProducerStamp.None);
            writer.WriteEmptyTags();
        }, static (ref reader) =>
        {
            reader.ReadInt32();
            var answer = ((ErrorCode)reader.ReadInt16(), new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()));
            reader.SkipTags();
            return answer;
        }));

    /// <summary>Adds partition 0 of the topic, as clients of the first protocol do.</summary>
    public async Task<ErrorCode> AddAsync(ProducerStamp producer, string topic) => (await RetryAsync(() => client.AskAsync(ApiKey.AddPartitionsToTxn, 3, isFlexible: true, writer =>
    {
        writer.WriteString(transactionalId);
        Write(writer, producer);
        writer.WriteArray([topic], WriteTopic);
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var errors = reader.ReadArray(ReadTopicError);
        reader.SkipTags();
        return (errors[0], 0);
    }))).Error;

    /// <summary>Whether partition 0 of the topic is in the transaction, as brokers ask each other.</summary>
    public async Task<ErrorCode> VerifyAsync(short version, ProducerStamp producer, string topic) => (await RetryAsync(() => client.AskAsync(ApiKey.AddPartitionsToTxn, version, isFlexible: true, writer =>
    {
        writer.WriteArray([topic], (w, name) =>
        {
            w.WriteString(transactionalId);
            Write(w, producer);
            w.WriteBoolean(true);
            w.WriteArray([name], WriteTopic);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        reader.ReadInt16();
        var errors = reader.ReadArray(static (ref r) =>
        {
            r.ReadString();
            var error = r.ReadArray(ReadTopicError)[0];
            r.SkipTags();
            return error;
        });
        reader.SkipTags();
        return (errors[0], 0);
    }))).Error;

    public async Task<ErrorCode> AddOffsetsAsync(ProducerStamp producer, string group) => (await RetryAsync(() => client.AskAsync(ApiKey.AddOffsetsToTxn, 3, isFlexible: true, writer =>
    {
        writer.WriteString(transactionalId);
        Write(writer, producer);
        writer.WriteString(group);
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        reader.SkipTags();
        return (error, 0);
    }))).Error;

    /// <summary>One record to partition 0. Versions up to 12, which name their topics.</summary>
    public Task<ErrorCode> ProduceAsync(short version, ProducerStamp producer, string topic, int sequence) =>
        ProduceAsync(version, topic, Some.Batch(["value"], producer.ProducerId, producer.ProducerEpoch, sequence, isTransactional: true));

    /// <summary>A batch to partition 0, as <see cref="ProduceAsync(short, ProducerStamp, string, int)"/>.</summary>
    public async Task<ErrorCode> ProduceAsync(short version, string topic, byte[] batch) => (await RetryAsync(() => client.AskAsync(ApiKey.Produce, version, isFlexible: true, writer =>
    {
        writer.WriteNullableString(transactionalId);
        writer.WriteInt16(-1);
        writer.WriteInt32(10_000);
        writer.WriteArray([topic], (w, name) =>
        {
            w.WriteString(name);
            w.WriteArray([0], (w, partition) =>
            {
                w.WriteInt32(partition);
                w.WriteBytes(batch);
                w.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        var errors = reader.ReadArray(static (ref r) =>
        {
            r.ReadString();
            var partition = r.ReadArray(ReadProduced)[0];
            r.SkipTags();
            return partition;
        });
        reader.ReadInt32();
        reader.SkipTags();
        return (errors[0], 0);
    }))).Error;

    /// <summary>Offset 7 of partition 0, in nobody's name.</summary>
    public async Task<ErrorCode> CommitOffsetAsync(short version, ProducerStamp producer, string group, string topic) => (await RetryAsync(() => client.AskAsync(ApiKey.TxnOffsetCommit, version, isFlexible: true, writer =>
    {
        writer.WriteString(transactionalId);
        writer.WriteString(group);
        Write(writer, producer);
        writer.WriteInt32(-1);
        writer.WriteString("");
        writer.WriteNullableString(null);
        writer.WriteArray([topic], static (w, name) =>
        {
            w.WriteString(name);
            w.WriteArray([0], static (w, partition) =>
            {
                w.WriteInt32(partition);
                w.WriteInt64(7);
                w.WriteInt32(-1);
                w.WriteNullableString(null);
                w.WriteEmptyTags();
            });
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var errors = reader.ReadArray(ReadTopicError);
        reader.SkipTags();
        return (errors[0], 0);
    }))).Error;

    /// <summary>The committed offset of partition 0; -1 when there is none.</summary>
    public Task<long> FetchOffsetAsync(string group, string topic) => client.AskAsync(ApiKey.OffsetFetch, 5, isFlexible: false, writer =>
    {
        writer.WriteString(group);
        writer.WriteArray([topic], static (w, name) =>
        {
            w.WriteString(name);
            w.WriteInt32Array([0]);
        });
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        var offset = reader.ReadArray(static (ref r) =>
        {
            r.ReadString();
            return r.ReadArray(static (ref p) =>
            {
                p.ReadInt32();
                var offset = p.ReadInt64();
                p.ReadInt32();
                p.ReadNullableString();
                p.ReadInt16();
                return offset;
            })[0];
        })[0];
        reader.ReadInt16();
        return offset;
    });

    /// <summary>Ends the transaction. Before version 5 the answer names no producer.</summary>
    public Task<(ErrorCode Error, ProducerStamp Producer)> EndAsync(short version, ProducerStamp producer, bool isCommit) => RetryAsync(() =>
        client.AskAsync(ApiKey.EndTxn, version, isFlexible: true, writer =>
        {
            writer.WriteString(transactionalId);
            Write(writer, producer);
            writer.WriteBoolean(isCommit);
            writer.WriteEmptyTags();
        }, static (ref reader) =>
        {
            reader.ReadInt32();
            var error = (ErrorCode)reader.ReadInt16();
            var after = reader.Version >= 5 ? new ProducerStamp(reader.ReadInt64(), reader.ReadInt16()) : ProducerStamp.None;
            reader.SkipTags();
            return (error, after);
        }));

    /// <summary>What partition 0 holds, once it holds this many batches: Kafka writes markers after it answered.</summary>
    public async Task<IReadOnlyList<LoggedBatch>> ReadAsync(string topic, int count)
    {
        var batches = new List<LoggedBatch>();
        await Eventually.Async(async () =>
        {
            // A fetch does not go beyond a segment, and a batch of one record is followed by the next offset.
            batches.AddRange(await FetchAsync(topic, batches.Count == 0 ? 0 : batches[^1].BaseOffset + 1));
            return batches.Count >= count;
        }, Deadline, $"{count} batches are in {topic}");
        return batches;
    }

    private Task<IReadOnlyList<LoggedBatch>> FetchAsync(string topic, long offset) => client.AskAsync(ApiKey.Fetch, 4, isFlexible: false, writer =>
    {
        writer.WriteInt32(-1);
        writer.WriteInt32(100);
        writer.WriteInt32(0);
        writer.WriteInt32(1_000_000);
        writer.WriteInt8(0);
        writer.WriteArray([topic], (w, name) =>
        {
            w.WriteString(name);
            w.WriteArray([0], (w, partition) =>
            {
                w.WriteInt32(partition);
                w.WriteInt64(offset);
                w.WriteInt32(1_000_000);
            });
        });
    }, static (ref reader) =>
    {
        reader.ReadInt32();
        return reader.ReadArray(static (ref r) =>
        {
            r.ReadString();
            return r.ReadArray(ReadFetched)[0];
        })[0];
    });

    private static IReadOnlyList<LoggedBatch> ReadFetched(ref WireReader reader)
    {
        reader.ReadInt32();
        reader.ReadInt16();
        reader.ReadInt64();
        reader.ReadInt64();
        reader.ReadNullableArray(static (ref r) => (r.ReadInt64(), r.ReadInt64()));
        var records = reader.ReadBytes().Span;
        var batches = new List<LoggedBatch>();
        while (records.Length >= BatchHeader.Bytes)
        {
            var header = BatchHeader.Read(records);
            batches.Add(new LoggedBatch(
                header.BaseOffset, new ProducerStamp(header.ProducerId, header.ProducerEpoch), header.IsControl ? ControlMarker.IsCommit(records[..header.SizeBytes]) : null));
            records = records[header.SizeBytes..];
        }

        return batches;
    }

    private static void Write(WireWriter writer, ProducerStamp producer)
    {
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt16(producer.ProducerEpoch);
    }

    private static void WriteTopic(WireWriter writer, string name)
    {
        writer.WriteString(name);
        writer.WriteInt32Array([0]);
        writer.WriteEmptyTags();
    }

    private static ErrorCode ReadTopicError(ref WireReader reader)
    {
        reader.ReadString();
        var error = reader.ReadArray(static (ref r) =>
        {
            r.ReadInt32();
            var error = (ErrorCode)r.ReadInt16();
            r.SkipTags();
            return error;
        })[0];
        reader.SkipTags();
        return error;
    }

    private static ErrorCode ReadProduced(ref WireReader reader)
    {
        reader.ReadInt32();
        var error = (ErrorCode)reader.ReadInt16();
        reader.ReadInt64();
        reader.ReadInt64();
        reader.ReadInt64();
        reader.ReadArray(static (ref r) =>
        {
            r.ReadInt32();
            r.ReadNullableString();
            r.SkipTags();
            return 0;
        });
        reader.ReadNullableString();
        reader.SkipTags();
        return error;
    }

    private async Task<(ErrorCode Error, T Answer)> RetryAsync<T>(Func<Task<(ErrorCode Error, T Answer)>> ask)
    {
        (ErrorCode Error, T Answer) answered = default;
        await Eventually.Async(
            async () => !Retried.Contains((answered = await ask()).Error) || !IsPatient, Deadline, "the coordinator is ready");
        return answered;
    }
}
