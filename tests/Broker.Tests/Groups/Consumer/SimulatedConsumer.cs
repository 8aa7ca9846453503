using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>A consumer as clients are: it gives up what is not assigned any more when it gets round to it, uses what is new, and starts over when it is fenced.</summary>
/// <param name="send">To the group, which answers at once.</param>
internal sealed class SimulatedConsumer(Func<ConsumerHeartbeatRequest, ConsumerHeartbeatResponse> send, string name, string? instance, string[] topics)
{
    /// <summary>How many heartbeats it may take to give up partitions; well within the rebalance timeout.</summary>
    private const int RevocationBeatsMax = 5;

    private int _lives = 1;
    private int _epoch;
    private int _delayed;
    private bool _mustSayAll = true;
    private PartitionSet _assigned = PartitionSet.Empty;
    private PartitionSet _said = PartitionSet.Empty;

    public string MemberId => $"{name}-{_lives}";
    public string[] Topics { get; private set; } = topics;
    public bool IsAlive { get; private set; } = true;

    /// <summary>What it reads from at the moment.</summary>
    public PartitionSet Used { get; private set; } = PartitionSet.Empty;

    public void Beat(Random random, bool isAnswerLost = false)
    {
        if (!Used.IsSubsetOf(_assigned) && (random.Next(2) == 0 || ++_delayed > RevocationBeatsMax))
            (Used, _delayed) = (Used.Intersect(_assigned), 0);
        if (Used.IsSubsetOf(_assigned))
            Used = _assigned;

        var isJoin = _epoch == 0;
        var saysAll = _mustSayAll || isJoin;
        var answer = send(new ConsumerHeartbeatRequest(
            "orders", MemberId, _epoch, instance, RackId: null, saysAll ? 60_000 : -1, saysAll ? Topics : null, TopicPattern: null, ServerAssignor: null,
            isJoin ? [] : saysAll || !Used.Equals(_said) ? Used.ByTopic : null));
        (_mustSayAll, _said) = (isAnswerLost, Used);
        if (!isAnswerLost)
            Learn(answer);
    }

    public void Subscribe(string[] topics) => (Topics, _mustSayAll) = (topics, true);

    /// <summary>Ends without a word.</summary>
    public void Die() => (IsAlive, Used, _assigned) = (false, PartitionSet.Empty, PartitionSet.Empty);

    /// <summary>Ends with a good-bye; a static one says that it comes back.</summary>
    public void Leave()
    {
        if (_epoch > 0)
            send(new ConsumerHeartbeatRequest(
                "orders", MemberId, instance is null ? ConsumerHeartbeatRequest.LeaveEpoch : ConsumerHeartbeatRequest.LeaveForRestartEpoch, instance,
                RackId: null, RebalanceTimeoutMs: -1, TopicNames: null, TopicPattern: null, ServerAssignor: null, Owned: null));
        Die();
    }

    /// <summary>Another process, with another member id.</summary>
    public void Start()
    {
        _lives++;
        StartOver();
        IsAlive = true;
    }

    private void Learn(ConsumerHeartbeatResponse answer)
    {
        switch (answer.Error)
        {
            case ErrorCode.None:
                answer.MemberEpoch.ShouldBeGreaterThanOrEqualTo(_epoch, $"epoch of {MemberId}");
                _epoch = answer.MemberEpoch;
                _assigned = answer.Assignment ?? _assigned;
                break;
            case ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound:
                StartOver();
                break;
            case ErrorCode.UnreleasedInstanceId:
                break;      // Its predecessor died without a word: when that one's session is over, it gets in.
            default:
                throw new InvalidOperationException($"{MemberId} was answered {answer.Error}: {answer.Message}");
        }
    }

    private void StartOver() => (_epoch, _delayed, _mustSayAll, Used, _assigned) = (0, 0, true, PartitionSet.Empty, PartitionSet.Empty);
}
