using Microsoft.Extensions.Logging;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups;

/// <summary>One group at work: its members and its offsets under one lock, its journal, and the timer that tells it what time has made due.</summary>
/// <remarks>
/// The lock is held for as long as it takes to write to the journal, never while a member waits. What is answered was journaled before.
/// An empty group becomes one of the other kind when somebody joins by the other protocol; its offsets stay. One whose members are at work does so, too, as far as
/// <see cref="GroupOptions.ConsumerMigrationPolicy"/> allows: to the consumer protocol with the first member that joins by it, and back when only classic members are left.
/// </remarks>
internal sealed class CoordinatedGroup : IGroupJournal, IConsumerGroupJournal, IDisposable
{
    private readonly Lock _lock = new();
    private readonly IJournal _journal;
    private readonly GroupOptions _options;
    private readonly Func<ConsumerTiming> _timing;
    private readonly ITopicDirectory _topics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GroupOffsets _offsets = new();
    private readonly ITimer _timer;
    private IMembership _members;
    private TimeSpan? _timerDue;
    private bool _isSaved;

    /// <summary>What must be in the journal before the group's next change, and with it: what it was before it changed its kind is gone.</summary>
    private IReadOnlyList<OffsetsRecord> _farewell = [];
    private GroupSnapshot? _restored;
    private ConsumerGroupState _restoredConsumers = ConsumerGroupState.New;

    /// <param name="timing">How often its members are heard of while it is of the consumer protocol; asked anew each time.</param>
    public CoordinatedGroup(string id, IJournal journal, GroupOptions options, Func<ConsumerTiming> timing, ITopicDirectory topics, TimeProvider time, ILogger logger)
    {
        (_journal, _options, _timing, _topics, _time, _logger) = (journal, options, timing, topics, time, logger);
        _members = NewClassic(id);
        _timer = time.CreateTimer(_ => Do(static group => group.Advance()), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Id => _members.Id;

    /// <summary>The partition of __consumer_offsets that remembers the group.</summary>
    public TopicPartition JournalPartition => _journal.Partition;

    /// <summary>A member of the classic protocol comes. A group without members becomes classic by it.</summary>
    public Task<JoinGroupResponse> Join(JoinGroupRequest request, GroupClient client) => Do(group => group.BecomeIfEmpty(GroupKind.Classic) is var error && error == ErrorCode.None
        ? group._members.Join(request, client)
        : Task.FromResult(JoinGroupResponse.Refused(error, request.MemberId)));

    public Task<SyncGroupResponse> Sync(SyncGroupRequest request) => Do(group => group._members.Sync(request));

    public HeartbeatResponse Heartbeat(HeartbeatRequest request) => Do(group => group._members.Heartbeat(request));

    /// <summary>The one request of the consumer protocol's members.</summary>
    public ConsumerHeartbeatResponse Heartbeat(ConsumerHeartbeatRequest request, GroupClient client) => Do(group =>
    {
        var error = request.IsJoin ? group.BecomeIfEmpty(GroupKind.Consumer) : ErrorCode.None;
        return error != ErrorCode.None
            ? ConsumerHeartbeatResponse.Refused(error, "The group's journal could not be written to.")
            : group._members switch
            {
                ConsumerGroup consumers => consumers.Heartbeat(request, client),
                ClassicGroup { State: not GroupState.Dead } classic when request.IsJoin => group.Upgrade(classic, request, client),
                _ => ConsumerHeartbeatResponse.Refused(ErrorCode.GroupIdNotFound, $"Group {group.Id} is not a consumer group."),
            };
    });

    public LeaveGroupResponse Leave(LeaveGroupRequest request) => Do(group => group._members.Leave(request));

    /// <summary>Looks at members and offsets while nothing changes.</summary>
    public T See<T>(Func<IMembership, GroupOffsets, T> look)
    {
        lock (_lock)
            return look(_members, _offsets);
    }

    /// <summary>Commits offsets in the name of a member, or of nobody while the group is empty; in a producer's transaction they wait for its end.</summary>
    /// <returns>None, or why nothing of it was taken.</returns>
    public ErrorCode Commit(GroupMember who, IReadOnlyList<KeyValuePair<TopicPartition, CommittedOffset>> offsets, ProducerStamp? transaction = null) => Do(group =>
    {
        var error = group._members.CheckCommit(who.MemberId, who.GroupInstanceId, who.Generation, transaction is not null);
        if (error is ErrorCode.None or ErrorCode.StaleMemberEpoch && !who.KnowsEpochs && group._members is ConsumerGroup { Count: > 0 } consumers && !consumers.IsClassic(who.MemberId))
            return ErrorCode.UnsupportedVersion;
        if (error != ErrorCode.None || offsets.Count == 0)
            return error;
        error = group.Append([.. offsets.Select(offset => new OffsetsRecord.Offset(group.Id, offset.Key, offset.Value))], transaction);
        if (error != ErrorCode.None)
            return error;
        foreach (var (partition, offset) in offsets)
            group.Apply(partition, offset, transaction);
        return ErrorCode.None;
    });

    /// <summary>The producer's transaction ended.</summary>
    public void EndTransaction(long producerId, bool isCommitted)
    {
        lock (_lock)
            _offsets.EndTransaction(producerId, isCommitted);
    }

    /// <summary>Deletes the offsets of these partitions that no member consumes.</summary>
    /// <returns>An error for each partition; the error of the whole when nothing was tried.</returns>
    public (ErrorCode Error, IReadOnlyList<ErrorCode> Errors) DeleteOffsets(IReadOnlyList<TopicPartition> partitions) => Do(group =>
    {
        if (group._members.State == GroupState.Dead)
            return (ErrorCode.GroupIdNotFound, []);
        if (group._members.State != GroupState.Empty && group._members.ProtocolType != "consumer")
            return (ErrorCode.NonEmptyGroup, []);
        var errors = partitions.Select(p => group._members.IsSubscribed(p.Topic) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None).ToList();
        var error = group.Forget([.. partitions.Where((_, index) => errors[index] == ErrorCode.None)]);
        return (error, error == ErrorCode.None ? errors : (IReadOnlyList<ErrorCode>)[]);
    });

    /// <summary>Deletes the group with all that is known of it. Members whose time is over are no reason not to, even when the timer is late.</summary>
    public ErrorCode Delete() => Do(group =>
    {
        if (group._members.Deadline <= group._time.GetElapsedTime(0))
            group.Advance();
        return group._members.State switch
        {
            GroupState.Empty => group.ForgetAll(),
            GroupState.Dead => ErrorCode.GroupIdNotFound,
            _ => ErrorCode.NonEmptyGroup,
        };
    });

    /// <summary>Deletes the offsets of a group without members whose retention is over, and the group with its last offset.</summary>
    public void DeleteExpired() => Do(group =>
    {
        if (group._members.State != GroupState.Empty || group._members.IsExpectingSomeone)
            return;
        var before = group._time.GetUtcNow().AddMinutes(-group._options.OffsetsRetentionMinutes).ToUnixTimeMilliseconds();
        var expired = group._members.StateTimestampMs > before ? [] : group._offsets.Partitions
            .Where(partition => group._offsets.Find(partition)!.CommittedAtMs <= before && !group._offsets.IsUnstable(partition)).ToList();
        var error = group.Forget(expired);
        if (error != ErrorCode.None)
            group._logger.OffsetsNotExpired(group.Id, error);
        else if (group._offsets.IsEmpty)
            group.ForgetAll();
    });

    /// <summary>A group of which the journal remembers its deletion only is none.</summary>
    public void DeleteIfNothingIsLeft() => Do(static group =>
    {
        if (!group._isSaved && group._offsets.IsEmpty)
            group._members.Die();
    });

    /// <summary>Whether this member, in this epoch, may learn the group's offsets. Who names no member may; the classic protocol doesn't ask.</summary>
    public ErrorCode CheckFetch(string? memberId, int epoch)
    {
        lock (_lock)
            return (memberId is not null || epoch >= 0) && _members is ConsumerGroup consumers ? consumers.CheckEpoch(memberId ?? "", epoch) : ErrorCode.None;
    }

    /// <summary>Takes in what the journal says, oldest first. Before <see cref="Start"/>.</summary>
    public void Restore(OffsetsRecord record, ProducerStamp? transaction)
    {
        switch (record)
        {
            case OffsetsRecord.Offset { Committed: { } offset } committed:
                Apply(committed.Partition, offset, transaction);
                break;
            case OffsetsRecord.Offset deleted:
                _offsets.Delete(deleted.Partition);
                break;
            case OffsetsRecord.Group { Snapshot: var snapshot }:
                _restored = snapshot;
                break;
            case ConsumerGroupRecord consumers:
                _restoredConsumers = _restoredConsumers.Apply(consumers);
                break;
        }
    }

    /// <summary>The journal is read, and time counts from here on.</summary>
    public void Start() => Do(group =>
    {
        // Whoever turned the group into the other kind deleted what it was before.
        if (group._restoredConsumers.Epoch > 0)
            group.RestoreConsumers();
        else if (group._restored is not null)
            ((ClassicGroup)group._members).Restore(group._restored);
        group._isSaved = group._restoredConsumers.Epoch > 0 || group._restored is not null;
        (group._restored, group._restoredConsumers) = (null, ConsumerGroupState.New);
    });

    bool IGroupJournal.TrySave(string groupId, GroupSnapshot snapshot)
    {
        var isSaved = Append([.. _farewell, new OffsetsRecord.Group(groupId, snapshot)]) == ErrorCode.None;
        _isSaved |= isSaved;
        return isSaved;
    }

    bool IConsumerGroupJournal.TrySave(IReadOnlyList<ConsumerGroupRecord> changes)
    {
        var isSaved = Append([.. _farewell, .. changes]) == ErrorCode.None;
        _isSaved |= isSaved;
        return isSaved;
    }

    public void Dispose() => _timer.Dispose();

    private ClassicGroup NewClassic(string id) => new(id, this, _options, _time, Guid.NewGuid);

    private ConsumerGroup NewConsumer() => new(Id, this, _options, _timing, _topics, _time, Guid.NewGuid);

    private void RestoreConsumers()
    {
        var consumers = NewConsumer();
        consumers.Restore(_restoredConsumers);
        _members = consumers;
    }

    /// <summary>A group without members becomes one of this kind.</summary>
    /// <returns>None, also for a group with members; COORDINATOR_NOT_AVAILABLE when the journal did not take it, or the group is deleted.</returns>
    private ErrorCode BecomeIfEmpty(GroupKind kind)
    {
        if (_members.Kind == kind || _members.State != GroupState.Empty)
            return _members.State == GroupState.Dead ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
        var error = ForgetMembers();
        if (error == ErrorCode.None)
            _members = kind == GroupKind.Classic ? NewClassic(Id) : NewConsumer();
        return error;
    }

    /// <summary>Somebody joins by the consumer protocol, and takes the classic members along. A join that is refused leaves the group as it is.</summary>
    private ConsumerHeartbeatResponse Upgrade(ClassicGroup classic, ConsumerHeartbeatRequest request, GroupClient client)
    {
        var state = RefuseUpgrade(classic, out var reason) ? null : GroupConversion.ToConsumers(classic, _topics, out reason);
        if (state is null)
            return ConsumerHeartbeatResponse.Refused(ErrorCode.GroupIdNotFound, $"Cannot upgrade classic group {Id} to consumer group because {reason}");

        var consumers = NewConsumer();
        consumers.Restore(state);
        _farewell = [.. _isSaved ? [new OffsetsRecord.Group(Id, Snapshot: null)] : Array.Empty<OffsetsRecord>(), .. ConsumerGroupChanges.Between(Id, ConsumerGroupState.New, state)];
        var response = consumers.Heartbeat(request, client);
        _farewell = [];
        if (response.Error != ErrorCode.None)
            return response;
        classic.HandOver();
        BecomeConverted(consumers);
        return response;
    }

    private bool RefuseUpgrade(ClassicGroup classic, out string reason)
    {
        reason =
            _options.ConsumerMigrationPolicy is not (ConsumerMigrationPolicy.Upgrade or ConsumerMigrationPolicy.Bidirectional) ? "online upgrade is disabled."
            : classic.ProtocolType != ClassicMembers.ProtocolType ? "the group does not use the consumer embedded protocol."
            : classic.Count > _options.ConsumerMembersMax ? "the group size exceeds the consumer group maximum size."
            : "";
        return reason.Length > 0;
    }

    /// <summary>A group of the consumer protocol in which only classic members are left goes on as a classic one. What the journal does not take is tried again.</summary>
    private void DowngradeIfDue()
    {
        if (_options.ConsumerMigrationPolicy is not (ConsumerMigrationPolicy.Downgrade or ConsumerMigrationPolicy.Bidirectional)
            || _members is not ConsumerGroup { IsOfClassicMembersOnly: true } consumers || consumers.State == GroupState.Dead || consumers.Count > _options.MembersMax)
            return;
        var classic = NewClassic(Id);
        _farewell = ConsumerGroupChanges.Deletion(Id, consumers.Remembered);
        if (classic.TryTakeOver(GroupConversion.GenerationOf(consumers.Remembered), GroupConversion.ToClassic(consumers.Remembered, _topics)))
            BecomeConverted(classic);
        _farewell = [];
    }

    private void BecomeConverted(IMembership members)
    {
        _members = members;
        _logger.GroupConverted(Id, members.Kind, members.Generation, members.Count);
    }

    private void Advance()
    {
        _timerDue = null;
        foreach (var silent in _members.Advance())
            _logger.MemberExpired(Id, silent.Id, (long)silent.Patience.TotalMilliseconds);
    }

    private void Apply(TopicPartition partition, CommittedOffset offset, ProducerStamp? transaction)
    {
        if (transaction is { } producer)
            _offsets.CommitPending(producer.ProducerId, partition, offset);
        else
            _offsets.Commit(partition, offset);
    }

    private ErrorCode Forget(IReadOnlyList<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return ErrorCode.None;
        var error = Append([.. partitions.Select(partition => new OffsetsRecord.Offset(Id, partition, Committed: null))]);
        if (error != ErrorCode.None)
            return error;
        foreach (var partition in partitions)
            _offsets.Delete(partition);
        return ErrorCode.None;
    }

    private ErrorCode ForgetAll()
    {
        var error = Forget(_offsets.AllPartitions());
        if (error == ErrorCode.None)
            error = ForgetMembers();
        if (error == ErrorCode.None)
            _members.Die();
        return error;
    }

    private ErrorCode ForgetMembers()
    {
        if (!_isSaved)
            return ErrorCode.None;
        var error = Append(_members is ConsumerGroup consumers ? ConsumerGroupChanges.Deletion(Id, consumers.Remembered) : [new OffsetsRecord.Group(Id, Snapshot: null)]);
        _isSaved = error != ErrorCode.None;
        return error;
    }

    private ErrorCode Append(IReadOnlyList<OffsetsRecord> records, ProducerStamp? transaction = null)
    {
        var error = _journal.Append([.. records.Select(OffsetsFormat.Write)], transaction);
        if (error != ErrorCode.KafkaStorageError)
            return error;
        _logger.GroupNotSaved(Id, _journal.Partition);
        return ErrorCode.CoordinatorNotAvailable;       // What a client retries, and what becomes true again once there is room.
    }

    private void Do(Action<CoordinatedGroup> act) => Do(group =>
    {
        act(group);
        return true;
    });

    private T Do<T>(Func<CoordinatedGroup, T> act)
    {
        lock (_lock)
        {
            var (state, generation) = (_members.State, _members.Generation);
            var result = act(this);
            DowngradeIfDue();
            if ((state, generation) != (_members.State, _members.Generation))
                _logger.GroupChanged(Id, _members.State, _members.Generation, _members.Count);
            SetTimer();
            return result;
        }
    }

    /// <summary>Deadlines move on with every heartbeat; the timer is only touched when the next one comes sooner than it would fire.</summary>
    private void SetTimer()
    {
        if (_members.Deadline is not { } due || _timerDue <= due)
            return;
        _timerDue = due;
        // Timers count whole milliseconds; one too early would find nothing due.
        var waitMs = Math.Ceiling((due - _time.GetElapsedTime(0)).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, waitMs)), Timeout.InfiniteTimeSpan);
    }
}

/// <summary>In whose name offsets are committed.</summary>
/// <param name="Generation">Or member epoch; below 0 when no member speaks.</param>
/// <param name="KnowsEpochs">The request can name a member of the consumer protocol.</param>
internal sealed record GroupMember(string MemberId, string? GroupInstanceId, int Generation, bool KnowsEpochs = true);
