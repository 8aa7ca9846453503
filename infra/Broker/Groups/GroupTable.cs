using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups;

/// <summary>All groups, by name, and what the journals remembered of them.</summary>
/// <remarks>Also told when transactions end: offsets sent in them count from then on.</remarks>
internal sealed class GroupTable : ITransactionListener, IDisposable
{
    private static readonly TimeSpan RetentionCheckInterval = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, CoordinatedGroup> _groups = [];
    private readonly IReadOnlyList<IJournal> _journals;
    private readonly GroupOptions _options;
    private readonly ITopicDirectory _topics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<string, ConsumerTiming> _timingOf;
    private readonly ITimer _retention;

    /// <summary>Reads the journals.</summary>
    /// <param name="journals">The partitions of __consumer_offsets, in order.</param>
    /// <param name="topics">What groups of the consumer protocol share out.</param>
    /// <param name="timingOf">How often the members of a group of the consumer protocol are heard of; null: as the options say.</param>
    public GroupTable(
        IReadOnlyList<IJournal> journals, GroupOptions options, ITopicDirectory topics, TimeProvider time, ILogger logger, Func<string, ConsumerTiming>? timingOf = null)
    {
        (_journals, _options, _topics, _time, _logger) = (journals, options, topics, time, logger);
        _timingOf = timingOf ?? (_ => ConsumerTiming.Of(options));
        foreach (var journal in journals)
            Restore(journal);
        foreach (var group in _groups.Values)
        {
            group.Start();
            group.DeleteIfNothingIsLeft();
            RemoveIfDead(group);
        }

        _retention = time.CreateTimer(_ => DeleteExpired(), state: null, RetentionCheckInterval, RetentionCheckInterval);
    }

    public IReadOnlyCollection<CoordinatedGroup> All => [.. _groups.Values];

    public CoordinatedGroup? Find(string groupId) => _groups.GetValueOrDefault(groupId);

    /// <summary>The group, made where there is none, however many there are.</summary>
    public CoordinatedGroup FindOrCreate(string groupId) => _groups.GetOrAdd(groupId, Create);

    /// <summary>The group that a request is about.</summary>
    /// <param name="mayBegin">Whether the request may be the first that names the group.</param>
    /// <param name="unknown">The error where it may not, and there is no such group.</param>
    /// <returns>POLICY_VIOLATION where there are as many groups as there may be.</returns>
    public (ErrorCode Error, CoordinatedGroup? Group) Enter(string groupId, bool mayBegin, ErrorCode unknown)
    {
        if (Find(groupId) is { } known)
            return (ErrorCode.None, known);
        if (!mayBegin)
            return (unknown, null);
        return _groups.Count >= _options.GroupsMax ? (ErrorCode.PolicyViolation, null) : (ErrorCode.None, FindOrCreate(groupId));
    }

    /// <summary>Which partition of __consumer_offsets remembers this group.</summary>
    public TopicPartition JournalPartitionOf(string groupId) => JournalOf(groupId).Partition;

    public ErrorCode Delete(string groupId)
    {
        if (Find(groupId) is not { } group)
            return ErrorCode.GroupIdNotFound;
        var error = group.Delete();
        RemoveIfDead(group);
        return error;
    }

    /// <inheritdoc/>
    public void Ended(ProducerStamp producer, bool isCommitted)
    {
        foreach (var group in _groups.Values)
            group.EndTransaction(producer.ProducerId, isCommitted);
    }

    public void Dispose()
    {
        _retention.Dispose();
        foreach (var group in _groups.Values)
            group.Dispose();
    }

    private CoordinatedGroup Create(string groupId) => new(groupId, JournalOf(groupId), _options, () => _timingOf(groupId), _topics, _time, _logger);

    private IJournal JournalOf(string groupId) => _journals[OffsetsTopic.PartitionOf(groupId, _journals.Count)];

    private void Restore(IJournal journal)
    {
        // A marker ends the transaction in its own partition only: the others have markers of their own, which a crash may have left unwritten.
        var waiting = new Dictionary<long, HashSet<CoordinatedGroup>>();
        foreach (var entry in journal.Read())
        {
            if (entry.Record is null)
                EndRestored(waiting, entry.Transaction!.Value.ProducerId, entry.IsCommit);
            else if (OffsetsFormat.Read(entry.Record.Value) is { } said)
                Restore(waiting, said, entry.Transaction);
        }
    }

    private void Restore(Dictionary<long, HashSet<CoordinatedGroup>> waiting, OffsetsRecord said, ProducerStamp? transaction)
    {
        var group = FindOrCreate(said.GroupId);
        group.Restore(said, transaction);
        if (transaction is not { ProducerId: var producerId })
            return;
        if (!waiting.TryGetValue(producerId, out var groups))
            waiting.Add(producerId, groups = []);
        groups.Add(group);
    }

    private static void EndRestored(Dictionary<long, HashSet<CoordinatedGroup>> waiting, long producerId, bool isCommitted)
    {
        if (!waiting.Remove(producerId, out var groups))
            return;
        foreach (var group in groups)
            group.EndTransaction(producerId, isCommitted);
    }

    private void DeleteExpired()
    {
        foreach (var group in _groups.Values)
        {
            group.DeleteExpired();
            RemoveIfDead(group);
        }
    }

    private void RemoveIfDead(CoordinatedGroup group)
    {
        if (!group.See(static (members, _) => members.State == Membership.GroupState.Dead))
            return;
        _groups.TryRemove(new KeyValuePair<string, CoordinatedGroup>(group.Id, group));
        group.Dispose();
    }
}
