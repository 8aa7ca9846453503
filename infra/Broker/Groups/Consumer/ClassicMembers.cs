using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Consumer;

/// <summary>Members of the classic protocol in a group of the consumer protocol: what they ask is answered from the state that the group has anyhow.</summary>
/// <remarks>
/// Such a member's generation is its epoch. Its heartbeat tells it to join again when there is a step for it to take; its join takes the step, naming what it still has,
/// and is answered at once, because nobody waits for the others here; its sync learns what it may have. Nobody leads: the coordinator assigns.
/// Source: KIP-848, migration; Apache Kafka 4.2 where the KIP leaves things open.
/// </remarks>
internal sealed class ClassicMembers(GroupLedger ledger, GroupOptions options, ITopicDirectory topics, Func<Guid> newId)
{
    /// <summary>The only type of classic groups that can be groups of the consumer protocol.</summary>
    public const string ProtocolType = "consumer";

    public JoinGroupResponse Join(JoinGroupRequest request, GroupClient client)
    {
        var error = Refuse(request);
        if (error != ErrorCode.None)
            return JoinGroupResponse.Refused(error, request.MemberId);
        var isKnown = request.MemberId.Length > 0;
        var memberId = isKnown ? request.MemberId : newId().ToString();
        if (!isKnown && request is { KnowsMemberIdRequired: true, GroupInstanceId: null })
            return JoinGroupResponse.Refused(ErrorCode.MemberIdRequired, memberId);
        if (ConsumerSubscription.Read(request.Protocols[0].Metadata) is not { } subscription)
            return JoinGroupResponse.Refused(ErrorCode.InconsistentGroupProtocol, request.MemberId);

        var state = ledger.InPlaceOf(request.GroupInstanceId, memberId);
        var member = state.Members.GetValueOrDefault(memberId, Subscriber.Unknown).Updated(request, subscription, client);
        if (!ledger.HasBytesFor(memberId, member))
            return JoinGroupResponse.Refused(ErrorCode.PolicyViolation, request.MemberId);
        if (!ledger.TryFollow(state, memberId, member, NamedPartitions.ToSet(subscription.Owned, topics)))
            return JoinGroupResponse.Refused(ErrorCode.CoordinatorNotAvailable, request.MemberId);

        ledger.HeardOf(memberId);
        ledger.Done(memberId);
        ledger.Await(memberId);     // Its sync comes next.
        return new JoinGroupResponse(
            ErrorCode.None, ledger.Remembered.StandingOf(memberId).Epoch, ProtocolType, member.Classic!.ProtocolName, Leader: "", SkipAssignment: false, memberId, Members: []);
    }

    public SyncGroupResponse Sync(SyncGroupRequest request)
    {
        var error = Check(request.MemberId, request.GroupInstanceId, request.Generation, out var classic);
        if (error == ErrorCode.None && !IsOfThisProtocol(request, classic!))
            error = ErrorCode.InconsistentGroupProtocol;
        if (error != ErrorCode.None)
            return SyncGroupResponse.Refused(error);

        var standing = ledger.Remembered.StandingOf(request.MemberId);
        if (standing.Epoch < ledger.Remembered.Epoch && standing.State != StandingState.UnrevokedPartitions)
        {
            ledger.Await(request.MemberId);
            return SyncGroupResponse.Refused(ErrorCode.RebalanceInProgress);
        }

        ledger.HeardOf(request.MemberId);
        ledger.Done(request.MemberId);
        return new SyncGroupResponse(
            ErrorCode.None, request.ProtocolType, request.ProtocolName, ConsumerAssignment.Write(classic!.AssignmentVersion, NamedPartitions.Of(standing.Assigned, topics)));
    }

    public HeartbeatResponse Heartbeat(HeartbeatRequest request)
    {
        var error = Check(request.MemberId, request.GroupInstanceId, request.Generation, out _);
        if (error == ErrorCode.None && !ledger.TryRefresh())
            error = ErrorCode.CoordinatorNotAvailable;
        if (error != ErrorCode.None)
            return new HeartbeatResponse(error);

        ledger.HeardOf(request.MemberId);
        if (!ledger.HasStepFor(request.MemberId))
            return new HeartbeatResponse(ErrorCode.None);
        ledger.Await(request.MemberId);
        return new HeartbeatResponse(ErrorCode.RebalanceInProgress);
    }

    private ErrorCode Refuse(JoinGroupRequest request)
    {
        var members = ledger.Remembered.Members;
        if (!options.AllowsSessionTimeout(request.SessionTimeoutMs))
            return ErrorCode.InvalidSessionTimeout;
        if (members.Count >= options.ConsumerMembersMax && !members.ContainsKey(request.MemberId))
            return ErrorCode.GroupMaxSizeReached;
        if (!Fits(request))
            return ErrorCode.InconsistentGroupProtocol;
        // Who brings no id begins, or takes its predecessor's place; so does a dynamic member with an id that was made up for it before.
        if (request.MemberId.Length == 0 || request.GroupInstanceId is not { } instanceId)
            return ErrorCode.None;
        return ledger.Remembered.FindStatic(instanceId) switch
        {
            null => ErrorCode.UnknownMemberId,
            var current => current == request.MemberId ? ErrorCode.None : ErrorCode.FencedInstanceId,
        };
    }

    /// <summary>Whether the classic members would have a strategy in common, should the group become classic.</summary>
    private bool Fits(JoinGroupRequest request)
    {
        var others = ledger.Remembered.Members.Where(member => member.Key != request.MemberId).Select(member => member.Value.Classic).OfType<ClassicMembership>().ToList();
        return request.ProtocolType == ProtocolType
            && request.Protocols.Any(offered => others.All(other => other.Protocols.Any(protocol => protocol.Name == offered.Name)));
    }

    private ErrorCode Check(string memberId, string? instanceId, int generation, out ClassicMembership? classic)
    {
        var state = ledger.Remembered;
        classic = null;
        var named = instanceId is null ? memberId : state.FindStatic(instanceId);
        if (named is null || !state.Members.TryGetValue(named, out var member))
            return ErrorCode.UnknownMemberId;
        if (named != memberId)
            return ErrorCode.FencedInstanceId;
        classic = member.Classic;
        return classic is null ? ErrorCode.UnknownMemberId : state.StandingOf(memberId).Epoch == generation ? ErrorCode.None : ErrorCode.IllegalGeneration;
    }

    private static bool IsOfThisProtocol(SyncGroupRequest request, ClassicMembership classic) =>
        (request.ProtocolType is null or ProtocolType) && (request.ProtocolName is null || request.ProtocolName == classic.ProtocolName);
}
