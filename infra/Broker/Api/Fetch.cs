using Streaming.Broker.Fetching;
using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal sealed record FetchRequest(
    int WaitMsMax, int BytesMin, int BytesMax, bool IsCommittedOnly, SessionStep Session, IReadOnlyList<FetchPartition> Partitions, IReadOnlyList<FetchKey> Forgotten);

/// <summary>Holds what the records that were read, told or not, take of memory until it was sent.</summary>
internal sealed record FetchResponse(ErrorCode Error, int SessionId, IReadOnlyList<FetchedPartition> Told, IReadOnlyList<FetchedPartition> Read, RecordRoom Room) : IDisposable
{
    public void Dispose() => Room.Release(Read);
}

/// <summary>Fetch (key 1), v4–v17: record batches from given offsets on, waiting a while for some to come.</summary>
/// <remarks>v5 log start offset · v7 sessions · v9 leader epoch · v11 rack · v12 flexible · v13 topic ids · v15 replica state as a tagged field.
/// Batches are whole and as they were produced; the first is returned even when it is larger than the limits. In a session a client names what changes, and is
/// told of partitions with records, with an error, or whose ends moved. Left out: replicas (followers, racks, diverging epochs), tiered storage.
/// Source: Kafka protocol guide; KIP-74, KIP-98, KIP-227, KIP-320, KIP-516.</remarks>
internal sealed class Fetch(TopicTable topics, FetchSessions sessions, BrokerOptions options, TimeProvider time) : IApi<FetchRequest, FetchResponse>
{
    private readonly RecordRoom _room = new(options);

    public ApiKey Key => ApiKey.Fetch;

    public ApiVersionRange Versions => new(4, 17, FirstFlexible: 12);

    public FetchRequest Decode(ref WireReader reader)
    {
        if (reader.Version <= 14)
            reader.ReadInt32(); // replica id
        var waitMsMax = Math.Min(reader.ReadInt32(), options.ConnectionIdleMsMax);
        var bytesMin = reader.ReadInt32();
        var bytesMax = reader.ReadInt32();
        var isolation = reader.ReadInt8();
        var session = reader.Version >= 7 ? ReadStep(ref reader) : SessionStep.None;
        var partitions = new List<FetchPartition>();
        reader.ReadArray((ref r) => ReadTopic(ref r, partitions));
        var forgotten = new List<FetchKey>();
        if (reader.Version >= 7)
            reader.ReadArray((ref r) => ReadForgottenTopic(ref r, forgotten));
        if (reader.Version >= 11)
            reader.ReadString(); // rack
        reader.SkipTags();
        return new FetchRequest(waitMsMax, bytesMin, bytesMax, isolation == 1, session, partitions, forgotten);
    }

    public async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (refusal, scope) = sessions.Enter(request.Session, request.Partitions, request.Forgotten);
        if (refusal != ErrorCode.None)
            return new FetchResponse(refusal, FetchSessions.NoId, [], [], _room);
        var read = await ReadEnoughAsync(scope.Partitions, request, cancellationToken);
        try
        {
            var (error, sessionId, told) = scope.Answer(read);
            return new FetchResponse(error, sessionId, told, read, _room);
        }
        catch
        {
            _room.Release(read);
            throw;
        }
    }

    public void Encode(WireWriter writer, FetchResponse response)
    {
        writer.WriteInt32(0); // throttle time
        if (writer.Version >= 7)
        {
            writer.WriteErrorCode(response.Error);
            writer.WriteInt32(response.SessionId);
        }

        writer.WriteArray(ByTopic(response.Told), static (w, topic) =>
        {
            var (name, id, _) = topic[0].Key;
            if (name is null)
                w.WriteUuid(id);
            else
                w.WriteString(name);
            w.WriteArray(topic, WritePartition);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static SessionStep ReadStep(ref WireReader reader) => new(reader.ReadInt32(), reader.ReadInt32(), UsesTopicIds: reader.Version >= 13);

    private static FetchKey ReadTopicKey(ref WireReader reader) =>
        reader.Version < 13 ? new FetchKey(reader.ReadString(), Guid.Empty, Partition: -1) : new FetchKey(null, reader.ReadUuid(), Partition: -1);

    private static int ReadTopic(ref WireReader reader, List<FetchPartition> partitions)
    {
        var topic = ReadTopicKey(ref reader);
        reader.ReadArray((ref r) =>
        {
            var partition = r.ReadInt32();
            var leaderEpoch = r.Version >= 9 ? r.ReadInt32() : -1;
            var offset = r.ReadInt64();
            if (r.Version >= 12)
                r.ReadInt32(); // last fetched epoch
            if (r.Version >= 5)
                r.ReadInt64(); // the follower's log start offset
            var bytesMax = r.ReadInt32();
            r.SkipTags();
            partitions.Add(new FetchPartition(topic with { Partition = partition }, leaderEpoch, offset, bytesMax));
            return 0;
        });
        reader.SkipTags();
        return 0;
    }

    private static int ReadForgottenTopic(ref WireReader reader, List<FetchKey> forgotten)
    {
        var topic = ReadTopicKey(ref reader);
        foreach (var partition in reader.ReadInt32Array())
            forgotten.Add(topic with { Partition = partition });
        reader.SkipTags();
        return 0;
    }

    private static List<List<FetchedPartition>> ByTopic(IReadOnlyList<FetchedPartition> partitions)
    {
        var topics = new List<List<FetchedPartition>>();
        foreach (var partition in partitions)
        {
            if (topics.Count == 0 || !topics[^1][0].Key.IsOfSameTopic(partition.Key))
                topics.Add([]);
            topics[^1].Add(partition);
        }

        return topics;
    }

    private static void WritePartition(WireWriter writer, FetchedPartition partition)
    {
        var read = partition.Read;
        writer.WriteInt32(partition.Key.Partition);
        writer.WriteErrorCode(read.Error);
        writer.WriteInt64(read.HighWatermark);
        writer.WriteInt64(read.LastStableOffset);
        if (writer.Version >= 5)
            writer.WriteInt64(read.LogStartOffset);
        writer.WriteNullableArray(read.Aborted, static (w, aborted) =>
        {
            w.WriteInt64(aborted.ProducerId);
            w.WriteInt64(aborted.FirstOffset);
            w.WriteEmptyTags();
        });
        if (writer.Version >= 11)
            writer.WriteInt32(-1); // preferred read replica
        if (read.Records.Deferred is { } deferred)
            writer.WriteRecords(deferred);
        else
            writer.WriteRecords(read.Records.Bytes);
        writer.WriteEmptyTags();
    }

    private async ValueTask<List<FetchedPartition>> ReadEnoughAsync(IReadOnlyList<FetchPartition> partitions, FetchRequest request, CancellationToken cancellationToken)
    {
        var read = Read(partitions, request);
        if (IsEnough(read, request) || request.WaitMsMax <= 0)
            return read;
        _room.Release(read);
        return await WaitAsync(partitions, request, cancellationToken);
    }

    private async ValueTask<List<FetchedPartition>> WaitAsync(IReadOnlyList<FetchPartition> partitions, FetchRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var signal = new AppendSignal();
            var logs = Logs(partitions);
            foreach (var log in logs)
                log.Await(signal);
            // Read once more, now that no append goes unnoticed.
            var read = Read(partitions, request);
            var left = TimeSpan.FromMilliseconds(request.WaitMsMax) - time.GetElapsedTime(started);
            var isDone = IsEnough(read, request) || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested;
            if (!isDone)
            {
                _room.Release(read);
                // A timer that raises the signal, instead of a wait that throws at its end: an idle consumer ends every poll this way.
                await using var timer = time.CreateTimer(static s => ((AppendSignal)s!).Raise(), signal, left, Timeout.InfiniteTimeSpan);
                await using var stop = cancellationToken.UnsafeRegister(static s => ((AppendSignal)s!).Raise(), signal);
                await signal.Raised;
            }

            foreach (var log in logs)
                log.Forget(signal);
            if (isDone)
                return read;
        }
    }

    private List<PartitionLog> Logs(IReadOnlyList<FetchPartition> partitions)
    {
        var logs = new List<PartitionLog>(partitions.Count);
        foreach (var partition in partitions)
        {
            if (Find(partition.Key)?.Find(partition.Key.Partition) is { } log)
                logs.Add(log);
        }

        return logs;
    }

    private Topic? Find(FetchKey key) => key.Topic is { } name ? topics.Find(name) : topics.Find(key.TopicId);

    private static bool IsEnough(List<FetchedPartition> read, FetchRequest request)
    {
        long bytes = 0;
        foreach (var partition in read)
        {
            if (partition.Read.Error != ErrorCode.None)
                return true;
            bytes += partition.Read.Records.SizeBytes;
        }

        return bytes >= request.BytesMin;
    }

    private List<FetchedPartition> Read(IReadOnlyList<FetchPartition> partitions, FetchRequest request)
    {
        var bytesLeft = Math.Min(request.BytesMax, options.FetchBytesMax);
        var hasRecords = false;
        var fetched = new List<FetchedPartition>(partitions.Count);
        try
        {
            foreach (var partition in partitions)
            {
                var read = Read(partition, Math.Min(bytesLeft, partition.BytesMax), isFirstWhole: !hasRecords, request.IsCommittedOnly);
                bytesLeft = Math.Max(0, bytesLeft - read.Records.SizeBytes);
                hasRecords |= read.Records.SizeBytes > 0;
                fetched.Add(new FetchedPartition(partition.Key, read));
            }

            return fetched;
        }
        catch
        {
            _room.Release(fetched);
            throw;
        }
    }

    private LogRead Read(in FetchPartition partition, int bytesMax, bool isFirstWhole, bool isCommittedOnly)
    {
        if (Find(partition.Key) is not { } topic)
            return Failed(partition.Key.Topic is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition);
        if (topic.Find(partition.Key.Partition) is not { } log)
            return Failed(ErrorCode.UnknownTopicOrPartition);
        return LeaderEpochs.Check(partition.CurrentLeaderEpoch) is var error and not ErrorCode.None
            ? Failed(error)
            : _room.Read(log, partition.Offset, bytesMax, isFirstWhole, isCommittedOnly);
    }

    private static LogRead Failed(ErrorCode error) => new(error, RecordSlice.Empty, -1, -1, -1, null);
}
