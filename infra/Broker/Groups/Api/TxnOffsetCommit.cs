using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record TxnOffsetCommitRequest(
    string TransactionalId, string GroupId, ProducerStamp Producer, GroupMember Member, IReadOnlyList<CommittedTopic> Topics);

internal sealed record TxnOffsetCommitResponse(IReadOnlyList<TopicErrors> Topics);

/// <summary>TxnOffsetCommit (key 28), v0–v4: offsets that count when the producer's transaction commits, and are forgotten when it aborts.</summary>
/// <remarks>v2 leader epoch · v3 flexible, group member and generation, which fence a consumer whose partitions others have now · v4 as v3.
/// The transaction must be open and have the group added (AddOffsetsToTxn). Left out: v5 (adds the group by itself; needs the second transaction protocol).
/// Source: Kafka protocol guide; KIP-98, KIP-320, KIP-447, KIP-890.</remarks>
internal sealed class TxnOffsetCommit(GroupTable groups, OffsetCommits commits, ITransactionGate transactions) : IApi<TxnOffsetCommitRequest, TxnOffsetCommitResponse>
{
    public ApiKey Key => ApiKey.TxnOffsetCommit;

    public ApiVersionRange Versions => new(0, 4, FirstFlexible: 3);

    public TxnOffsetCommitRequest Decode(ref WireReader reader)
    {
        var transactionalId = reader.ReadString();
        var groupId = reader.ReadString();
        var producer = new ProducerStamp(reader.ReadInt64(), reader.ReadInt16());
        var member = new GroupMember(MemberId: "", GroupInstanceId: null, Generation: -1);
        if (reader.Version >= 3)
        {
            var generation = reader.ReadInt32();
            member = new GroupMember(reader.ReadString(), reader.ReadNullableString(), generation);
        }

        var topics = reader.ReadArray(static (ref r) => CommittedTopic.Read(ref r, leaderEpochSince: 2));
        reader.SkipTags();
        return new TxnOffsetCommitRequest(transactionalId, groupId, producer, member, topics);
    }

    public ValueTask<TxnOffsetCommitResponse?> HandleAsync(TxnOffsetCommitRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TxnOffsetCommitResponse?>(new TxnOffsetCommitResponse(Commit(request)));

    public void Encode(WireWriter writer, TxnOffsetCommitResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteTopicErrors(response.Topics);
        writer.WriteEmptyTags();
    }

    private IReadOnlyList<TopicErrors> Commit(TxnOffsetCommitRequest request)
    {
        // Asked before the group is locked: the end of a transaction takes the two locks in the other order.
        var error = transactions.Verify(request.TransactionalId, request.Producer, groups.JournalPartitionOf(request.GroupId));
        if (error != ErrorCode.None)
            return OffsetCommits.Refuse(request.Topics, error);
        var group = request.Member.Generation < 0 ? groups.FindOrCreate(request.GroupId) : groups.Find(request.GroupId);
        return group is null
            ? OffsetCommits.Refuse(request.Topics, ErrorCode.IllegalGeneration)
            : commits.Commit(request.Topics, offsets => group.Commit(request.Member, offsets, request.Producer));
    }
}
