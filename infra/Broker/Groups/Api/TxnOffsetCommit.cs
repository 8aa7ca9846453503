using Streaming.Broker.Api;
using Streaming.Broker.Server;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Api;

internal sealed record TxnOffsetCommitRequest(
    string TransactionalId, string GroupId, ProducerStamp Producer, TransactionProtocol Protocol, GroupMember Member, IReadOnlyList<CommittedTopic> Topics);

internal sealed record TxnOffsetCommitResponse(IReadOnlyList<TopicErrors> Topics);

/// <summary>TxnOffsetCommit (key 28), v0–v5: offsets that count when the producer's transaction commits, and are forgotten when it aborts.</summary>
/// <remarks>v2 leader epoch · v3 flexible, group member and generation, which fence a consumer whose partitions others have now · v4
/// TRANSACTION_ABORTABLE · v5 the second transaction protocol: the group is added to the transaction by this. Before, the transaction must be open and have
/// the group added (AddOffsetsToTxn).
/// Source: Kafka protocol guide; KIP-98, KIP-320, KIP-447, KIP-890.</remarks>
internal sealed class TxnOffsetCommit(GroupTable groups, OffsetCommits commits, ITransactionGate transactions) : IApi<TxnOffsetCommitRequest, TxnOffsetCommitResponse>
{
    public ApiKey Key => ApiKey.TxnOffsetCommit;

    public ApiVersionRange Versions => new(0, 5, FirstFlexible: 3);

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
        var protocol = reader.Version >= 5 ? TransactionProtocol.Second : TransactionProtocol.First;
        return new TxnOffsetCommitRequest(transactionalId, groupId, producer, protocol, member, topics);
    }

    public ValueTask<TxnOffsetCommitResponse?> HandleAsync(TxnOffsetCommitRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TxnOffsetCommitResponse?>(new TxnOffsetCommitResponse(Commit(request)));

    public void Encode(WireWriter writer, TxnOffsetCommitResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteTopicErrors(response.Topics, known: error => error.KnownAbortable(writer.Version >= 4));
        writer.WriteEmptyTags();
    }

    private IReadOnlyList<TopicErrors> Commit(TxnOffsetCommitRequest request)
    {
        IReadOnlyList<TopicErrors> errors = [];
        var error = transactions.Write(
            request.TransactionalId, request.Producer, groups.JournalPartitionOf(request.GroupId), request.Protocol, () => errors = CommitAdmitted(request));
        return error == ErrorCode.None ? errors : OffsetCommits.Refuse(request.Topics, error);
    }

    private IReadOnlyList<TopicErrors> CommitAdmitted(TxnOffsetCommitRequest request)
    {
        var (error, group) = groups.Enter(request.GroupId, mayBegin: request.Member.Generation < 0, unknown: ErrorCode.IllegalGeneration);
        return group is null
            ? OffsetCommits.Refuse(request.Topics, error)
            : commits.Commit(request.Topics, offsets => group.Commit(request.Member, offsets, request.Producer));
    }
}
