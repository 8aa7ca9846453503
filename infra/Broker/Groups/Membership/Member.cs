using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Membership;

/// <summary>One member of a group: what it supports, what it was assigned, until when it counts as alive, and which answer it waits for.</summary>
internal sealed class Member(string id, string? instanceId, GroupClient client)
{
    private static readonly ReadOnlyMemory<byte> NoMetadata = ReadOnlyMemory<byte>.Empty;

    private TaskCompletionSource<JoinGroupResponse>? _join;
    private TaskCompletionSource<SyncGroupResponse>? _sync;

    public string Id { get; set; } = id;
    public string? InstanceId => instanceId;
    public GroupClient Client { get; set; } = client;

    public TimeSpan SessionTimeout { get; set; }
    public TimeSpan RebalanceTimeout { get; set; }
    public IReadOnlyList<MemberProtocol> Protocols { get; set; } = [];
    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>When the member is taken for dead unless it is heard of before.</summary>
    public TimeSpan AliveUntil { get; set; }

    /// <summary>Its first join is not answered yet: it knows no generation, and cannot send heartbeats.</summary>
    public bool IsNew { get; set; } = true;

    public bool IsStatic => InstanceId is not null;
    public bool IsJoining => _join is not null;
    public bool IsSyncing => _sync is not null;

    /// <summary>A member that waits for our answer is alive; only a new one may not wait for ever, because nobody would notice its death.</summary>
    public bool CanExpire => IsNew || !(IsJoining || IsSyncing);

    public bool Supports(string protocol) => Protocols.Any(p => p.Name == protocol);

    public ReadOnlyMemory<byte> MetadataFor(string? protocol) => Protocols.FirstOrDefault(p => p.Name == protocol)?.Metadata ?? NoMetadata;

    /// <summary>Parks the member until the join phase ends. A repeated request takes the place of the one before, whose connection is gone or whose client gave it up.</summary>
    public Task<JoinGroupResponse> AwaitJoin()
    {
        AnswerJoin(JoinGroupResponse.Refused(ErrorCode.RebalanceInProgress, Id));
        _join = new TaskCompletionSource<JoinGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _join.Task;
    }

    /// <summary>Parks the member until the leader's assignment is there.</summary>
    public Task<SyncGroupResponse> AwaitSync()
    {
        AnswerSync(SyncGroupResponse.Refused(ErrorCode.RebalanceInProgress));
        _sync = new TaskCompletionSource<SyncGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _sync.Task;
    }

    public void AnswerJoin(JoinGroupResponse response)
    {
        _join?.SetResult(response);
        _join = null;
    }

    public void AnswerSync(SyncGroupResponse response)
    {
        _sync?.SetResult(response);
        _sync = null;
    }
}
