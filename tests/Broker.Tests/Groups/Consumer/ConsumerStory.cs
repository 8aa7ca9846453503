using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>A group of the consumer protocol on a clock that stands, and the words in which the tests tell what happens to it.</summary>
internal sealed class ConsumerStory : IConsumerGroupJournal
{
    private static readonly GroupClient Client = new("client", "/127.0.0.1");
    private readonly GroupOptions _options;
    private int _ids;

    public ConsumerStory(GroupOptions? options = null)
    {
        _options = options ?? new GroupOptions();
        Timing = ConsumerTiming.Of(_options);
        Group = NewGroup();
    }

    public ManualTime Time { get; } = new();
    public SomeTopics Topics { get; } = new();
    public ConsumerGroup Group { get; private set; }
    public bool IsDiskFull { get; set; }

    /// <summary>How often members are to be heard of.</summary>
    public ConsumerTiming Timing { get; set; }

    /// <summary>What the journal makes of all that was saved.</summary>
    public ConsumerGroupState Journaled { get; private set; } = ConsumerGroupState.New;

    public bool TrySave(IReadOnlyList<ConsumerGroupRecord> changes)
    {
        if (IsDiskFull)
            return false;
        // Through its bytes, as after a restart.
        Journaled = changes.Aggregate(Journaled, (state, change) => state.Apply((ConsumerGroupRecord)OffsetsFormat.Read(OffsetsFormat.Write(change))!));
        return true;
    }

    /// <summary>The broker starts again, and knows what the journal remembers.</summary>
    public void Restart()
    {
        Group = NewGroup();
        Group.Restore(Journaled);
    }

    public ConsumerHeartbeatResponse Beat(
        string memberId, int epoch, string? topics = null, string? owned = null, string? instance = null, string? pattern = null, string? assignor = null, int rebalanceMs = -1) =>
        Send(new ConsumerHeartbeatRequest(
            "orders", memberId, epoch, instance, RackId: null, rebalanceMs, topics?.Split(' ', StringSplitOptions.RemoveEmptyEntries), pattern, assignor,
            owned is null ? null : Partitions(owned).ByTopic));

    public ConsumerHeartbeatResponse Send(ConsumerHeartbeatRequest request) => Group.Heartbeat(request, Client);

    public ConsumerHeartbeatResponse Join(string memberId, string topics = "orders", string? instance = null, string? pattern = null, string? assignor = null, int rebalanceMs = 60_000) =>
        Beat(memberId, epoch: 0, topics, owned: "", instance, pattern, assignor, rebalanceMs);

    /// <summary>Lets a member that does at once what it is told follow its target, until it has it.</summary>
    public ConsumerHeartbeatResponse Settle(string memberId)
    {
        for (var tries = 0; tries < 10; tries++)
        {
            var standing = Group.Remembered.StandingOf(memberId);
            var answer = Beat(memberId, standing.Epoch, owned: Text(standing.Assigned));
            answer.Error.ShouldBe(ErrorCode.None, answer.Message);
            if (Group.Remembered.StandingOf(memberId).IsReconciledTo(Group.Remembered.TargetEpoch))
                return answer;
        }

        throw new InvalidOperationException($"{memberId} does not come to {Text(Group.Remembered.TargetOf(memberId))}.");
    }

    /// <summary>Everybody follows, in rounds, until the group stands still.</summary>
    public void SettleAll()
    {
        for (var tries = 0; tries < 10; tries++)
        {
            foreach (var memberId in Group.Remembered.Members.Keys)
            {
                var standing = Group.Remembered.StandingOf(memberId);
                if (standing.Epoch >= 0)
                    Beat(memberId, standing.Epoch, owned: Text(standing.Assigned)).Error.ShouldBe(ErrorCode.None);
            }

            if (Group.State is GroupState.Stable or GroupState.Empty)
                return;
        }

        throw new InvalidOperationException($"The group stays {Group.State}.");
    }

    /// <summary>Lets time pass for the group.</summary>
    public IReadOnlyList<SilentMember> Pass(TimeSpan time)
    {
        Time.Advance(time);
        return Group.Advance();
    }

    public string Has(string memberId) => Text(Group.Remembered.StandingOf(memberId).Assigned);

    /// <summary>Written as "orders:0,1 refunds:0".</summary>
    public string Text(PartitionSet partitions) => string.Join(
        ' ', partitions.ByTopic.Select(topic => $"{Topics.FindShape(topic.TopicId)?.Name ?? $"{topic.TopicId}"}:{string.Join(',', topic.Partitions)}").Order());

    public PartitionSet Partitions(string text) => PartitionSet.Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(topic => topic.Split(':')).SelectMany(
        topic => topic[1].Split(',').Select(p => new TopicIdPartition(Topics.FindShape(topic[0])?.Id ?? Guid.Parse(topic[0]), int.Parse(p)))));

    private ConsumerGroup NewGroup() => new("orders", this, _options, () => Timing, Topics, Time, () => new Guid(++_ids, 0, 0, new byte[8]));
}
