using Streaming.Broker.Log;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

internal readonly record struct FetchPartition(int Partition, int CurrentLeaderEpoch, long Offset, int BytesMax);

/// <summary>Name null: by id.</summary>
internal readonly record struct FetchTopic(string? Name, Guid Id, IReadOnlyList<FetchPartition> Partitions);

internal sealed record FetchRequest(
    int WaitMsMax, int BytesMin, int BytesMax, bool IsCommittedOnly, int SessionId, IReadOnlyList<FetchTopic> Topics);

internal readonly record struct FetchedPartition(int Partition, LogRead Read);

internal readonly record struct FetchedTopic(string? Name, Guid Id, IReadOnlyList<FetchedPartition> Partitions);

/// <summary>Holds rented memory with the records until it was sent.</summary>
internal sealed record FetchResponse(ErrorCode Error, IReadOnlyList<FetchedTopic> Topics) : IDisposable
{
    public int RecordBytes => Topics.Sum(topic => topic.Partitions.Sum(partition => partition.Read.Records.SizeBytes));

    public bool HasError => Topics.Any(topic => topic.Partitions.Any(partition => partition.Read.Error != ErrorCode.None));

    public void Dispose()
    {
        foreach (var topic in Topics)
        {
            foreach (var partition in topic.Partitions)
                partition.Read.Records.Dispose();
        }
    }
}

/// <summary>Fetch (key 1), v4–v17: record batches from given offsets on, waiting a while for some to come.</summary>
/// <remarks>v5 log start offset · v7 sessions · v9 leader epoch · v11 rack · v12 flexible · v13 topic ids · v15 replica state as a tagged field.
/// Batches are whole and as they were produced; the first is returned even when it is larger than the limits. Every fetch is answered in full, with
/// session id 0, which tells clients that the broker keeps no session. Left out: replicas (followers, racks, diverging epochs), tiered storage.
/// Source: Kafka protocol guide; KIP-74, KIP-98, KIP-227, KIP-320, KIP-516.</remarks>
internal sealed class Fetch(TopicTable topics, BrokerOptions options, TimeProvider time) : IApi<FetchRequest, FetchResponse>
{
    public ApiKey Key => ApiKey.Fetch;

    public ApiVersionRange Versions => new(4, 17, FirstFlexible: 12);

    public FetchRequest Decode(ref WireReader reader)
    {
        if (reader.Version <= 14)
            reader.ReadInt32(); // replica id
        var waitMsMax = reader.ReadInt32();
        var bytesMin = reader.ReadInt32();
        var bytesMax = reader.ReadInt32();
        var isolation = reader.ReadInt8();
        var sessionId = reader.Version >= 7 ? reader.ReadInt32() : 0;
        if (reader.Version >= 7)
            reader.ReadInt32(); // session epoch
        var requested = reader.ReadArray(ReadTopic);
        if (reader.Version >= 7)
            reader.ReadArray(SkipForgottenTopic);
        if (reader.Version >= 11)
            reader.ReadString(); // rack
        reader.SkipTags();
        return new FetchRequest(waitMsMax, bytesMin, bytesMax, isolation == 1, sessionId, requested);
    }

    public async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.SessionId != 0)
            return new FetchResponse(ErrorCode.FetchSessionIdNotFound, []);
        var response = Read(request);
        if (IsEnough(response, request) || request.WaitMsMax <= 0)
            return response;
        response.Dispose();
        return await WaitAsync(request, cancellationToken);
    }

    public void Encode(WireWriter writer, FetchResponse response)
    {
        writer.WriteInt32(0); // throttle time
        if (writer.Version >= 7)
        {
            writer.WriteErrorCode(response.Error);
            writer.WriteInt32(0); // session id: none is kept
        }

        writer.WriteArray(response.Topics, static (w, topic) =>
        {
            if (w.Version >= 13)
                w.WriteUuid(topic.Id);
            else
                w.WriteString(topic.Name!);
            w.WriteArray(topic.Partitions, WritePartition);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    private static FetchTopic ReadTopic(ref WireReader reader)
    {
        var name = reader.Version < 13 ? reader.ReadString() : null;
        var id = reader.Version >= 13 ? reader.ReadUuid() : Guid.Empty;
        var partitions = reader.ReadArray(static (ref r) =>
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
            return new FetchPartition(partition, leaderEpoch, offset, bytesMax);
        });
        reader.SkipTags();
        return new FetchTopic(name, id, partitions);
    }

    private static int SkipForgottenTopic(ref WireReader reader)
    {
        if (reader.Version < 13)
            reader.ReadString();
        else
            reader.ReadUuid();
        reader.ReadInt32Array();
        reader.SkipTags();
        return 0;
    }

    private static void WritePartition(WireWriter writer, FetchedPartition partition)
    {
        var read = partition.Read;
        writer.WriteInt32(partition.Partition);
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
        writer.WriteRecords(read.Records.Bytes);
        writer.WriteEmptyTags();
    }

    private async ValueTask<FetchResponse> WaitAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        var deadline = time.GetTimestamp();
        while (true)
        {
            var signal = new AppendSignal();
            var logs = Logs(request);
            foreach (var log in logs)
                log.Await(signal);
            // Read once more, now that no append goes unnoticed.
            var response = Read(request);
            var left = TimeSpan.FromMilliseconds(request.WaitMsMax) - time.GetElapsedTime(deadline);
            var isDone = IsEnough(response, request) || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested;
            if (!isDone)
            {
                response.Dispose();
                // A timer that raises the signal, instead of a wait that throws at its end: an idle consumer ends every poll this way.
                await using var timer = time.CreateTimer(static s => ((AppendSignal)s!).Raise(), signal, left, Timeout.InfiniteTimeSpan);
                await using var stop = cancellationToken.UnsafeRegister(static s => ((AppendSignal)s!).Raise(), signal);
                await signal.Raised;
            }

            foreach (var log in logs)
                log.Forget(signal);
            if (isDone)
                return response;
        }
    }

    private List<PartitionLog> Logs(FetchRequest request)
    {
        var logs = new List<PartitionLog>();
        foreach (var requested in request.Topics)
        {
            var topic = Find(requested);
            foreach (var partition in requested.Partitions)
            {
                if (topic?.Find(partition.Partition) is { } log)
                    logs.Add(log);
            }
        }

        return logs;
    }

    private Topic? Find(FetchTopic requested) => requested.Name is { } name ? topics.Find(name) : topics.Find(requested.Id);

    private static bool IsEnough(FetchResponse response, FetchRequest request) => response.RecordBytes >= request.BytesMin || response.HasError;

    private FetchResponse Read(FetchRequest request)
    {
        var bytesLeft = Math.Min(request.BytesMax, options.FetchBytesMax);
        var hasRecords = false;
        var fetched = new FetchedTopic[request.Topics.Count];
        for (var i = 0; i < fetched.Length; i++)
        {
            var requested = request.Topics[i];
            var topic = Find(requested);
            var partitions = new FetchedPartition[requested.Partitions.Count];
            for (var j = 0; j < partitions.Length; j++)
            {
                var partition = requested.Partitions[j];
                var read = Read(topic, requested, partition, Math.Min(bytesLeft, partition.BytesMax), isFirstWhole: !hasRecords, request.IsCommittedOnly);
                bytesLeft = Math.Max(0, bytesLeft - read.Records.SizeBytes);
                hasRecords |= read.Records.SizeBytes > 0;
                partitions[j] = new FetchedPartition(partition.Partition, read);
            }

            fetched[i] = new FetchedTopic(requested.Name, requested.Id, partitions);
        }

        return new FetchResponse(ErrorCode.None, fetched);
    }

    private static LogRead Read(Topic? topic, FetchTopic requested, FetchPartition partition, int bytesMax, bool isFirstWhole, bool isCommittedOnly)
    {
        if (topic is null)
            return Failed(requested.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition);
        if (topic.Find(partition.Partition) is not { } log)
            return Failed(ErrorCode.UnknownTopicOrPartition);
        return LeaderEpochs.Check(partition.CurrentLeaderEpoch) is var error and not ErrorCode.None
            ? Failed(error)
            : log.Read(partition.Offset, bytesMax, isFirstWhole, isCommittedOnly);
    }

    private static LogRead Failed(ErrorCode error) => new(error, RecordSlice.Empty, -1, -1, -1, null);
}
