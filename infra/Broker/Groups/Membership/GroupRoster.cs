using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>The members of a group in the order they came, the ids given out and not yet used, and who leads.</summary>
internal sealed class GroupRoster
{
    private readonly OrderedDictionary<string, Member> _members = [];
    private readonly Dictionary<string, string> _memberIdsByInstance = [];

    /// <summary>Ids that a client was told to come back with, and until when the group waits for it.</summary>
    private readonly Dictionary<string, TimeSpan> _expected = [];
    private long _expectedBytes;

    public IReadOnlyCollection<Member> Members => _members.Values;
    public int Count => _members.Count;
    public string? Leader { get; private set; }
    public IReadOnlyDictionary<string, TimeSpan> Expected => _expected;
    /// <summary>What the group keeps of all of them.</summary>
    public long SizeBytes => _expectedBytes + Members.Sum(MemberSize.Of);

    public int JoiningCount => _members.Values.Count(member => member.IsJoining);
    public bool IsEverybodyJoining => _expected.Count == 0 && _members.Values.All(member => member.IsJoining);

    public Member? Find(string memberId) => _members.GetValueOrDefault(memberId);

    public Member? FindStatic(string? instanceId) =>
        instanceId is not null && _memberIdsByInstance.TryGetValue(instanceId, out var memberId) ? _members[memberId] : null;

    /// <summary>Whether the two identities name a present member together.</summary>
    /// <returns><see cref="ErrorCode.FencedInstanceId"/> when another process took over the instance id since.</returns>
    public ErrorCode Check(string memberId, string? instanceId) => instanceId switch
    {
        null => _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId,
        _ => FindStatic(instanceId) switch
        {
            null => ErrorCode.UnknownMemberId,
            { Id: var current } => current == memberId ? ErrorCode.None : ErrorCode.FencedInstanceId,
        },
    };

    public void Expect(string memberId, TimeSpan until)
    {
        _expected.Add(memberId, until);
        _expectedBytes += MemberSize.OfTexts(memberId);
    }

    public bool IsExpected(string memberId) => _expected.ContainsKey(memberId);

    public bool StopExpecting(string memberId)
    {
        var wasExpected = _expected.Remove(memberId);
        _expectedBytes -= wasExpected ? MemberSize.OfTexts(memberId) : 0;
        return wasExpected;
    }

    public void Add(Member member)
    {
        StopExpecting(member.Id);
        _members.Add(member.Id, member);
        if (member.InstanceId is { } instanceId)
            _memberIdsByInstance[instanceId] = member.Id;
        Leader ??= member.Id;
    }

    /// <summary>Takes the member out, and answers what it still waits for.</summary>
    public void Remove(Member member)
    {
        member.AnswerJoin(JoinGroupResponse.Refused(ErrorCode.UnknownMemberId, member.Id));
        member.AnswerSync(SyncGroupResponse.Refused(ErrorCode.UnknownMemberId));
        _members.Remove(member.Id);
        if (member.InstanceId is { } instanceId)
            _memberIdsByInstance.Remove(instanceId);
        if (Leader == member.Id)
            Leader = Members.FirstOrDefault()?.Id;
    }

    /// <summary>Gives a static member, started again, its new id; requests under the old one are fenced from here on (KIP-345).</summary>
    public void Replace(Member member, string newId)
    {
        member.AnswerJoin(JoinGroupResponse.Refused(ErrorCode.FencedInstanceId, member.Id));
        member.AnswerSync(SyncGroupResponse.Refused(ErrorCode.FencedInstanceId));
        var position = _members.IndexOf(member.Id);
        var led = Leader == member.Id;
        _members.RemoveAt(position);
        member.Id = newId;
        _members.Insert(position, newId, member);
        _memberIdsByInstance[member.InstanceId!] = newId;
        if (led)
            Leader = newId;
    }

    /// <summary>Sees to it that somebody who joined leads: the leader so far, or the earliest member that did.</summary>
    /// <returns>False when nobody joined.</returns>
    public bool ElectJoinedLeader()
    {
        if (Leader is { } leader && _members[leader].IsJoining)
            return true;
        if (_members.Values.FirstOrDefault(member => member.IsJoining) is not { } joined)
            return false;
        Leader = joined.Id;
        return true;
    }

    public void Restore(string? leader) => Leader = leader is not null && _members.ContainsKey(leader) ? leader : Members.FirstOrDefault()?.Id;
}
