using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Topics;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>Reads the whole log at the end and says what in it breaks a promise. Knows nothing of how the log came to be.</summary>
internal static class LogAudit
{
    /// <summary>Every violation, each in one sentence; none when all promises are kept.</summary>
    public static IReadOnlyList<string> Violations(
        IReadOnlyCollection<LoggedEvent> events, IReadOnlyCollection<LoggedResult> results, IReadOnlyCollection<ToldAnswer> told) =>
    [
        .. events.GroupBy(logged => logged.AggregateId).SelectMany(OfOneAggregate),
        .. events.GroupBy(logged => (logged.AggregateId, logged.CommandId)).Where(group => group.Count() > 1)
            .Select(group => $"Command {group.Key.CommandId} on {group.Key.AggregateId} happened {group.Count()} times."),
        .. events.GroupBy(logged => logged.EventId).Where(group => group.Count() > 1).Select(group => $"Event id {group.Key} stands {group.Count()} times."),
        .. ResultsAgainstEvents(events, results),
        .. AnswersAgainstResults(results, told),
    ];

    // In the order of the log: partition by partition, which is one partition for an aggregate.
    private static IEnumerable<string> OfOneAggregate(IGrouping<string, LoggedEvent> aggregate)
    {
        var partition = Murmur2.Partition(aggregate.Key, TopicCatalogue.PartitionCount);
        var sequence = 0L;
        var level = (OnHand: 0, Reserved: 0);
        foreach (var logged in aggregate.OrderBy(logged => logged.Offset))
        {
            if (logged.Partition != partition)
                yield return $"{logged.AggregateId}@{logged.Sequence} stands on partition {logged.Partition}, its place is {partition}.";
            if (logged.Sequence != sequence + 1)
                yield return $"{logged.AggregateId}: sequence {logged.Sequence} follows {sequence}.";
            sequence = logged.Sequence;

            level = Fold(level, logged.Event);
            if (level != Carried(logged.Event))
                yield return $"{logged.AggregateId}@{logged.Sequence} carries {Carried(logged.Event)}, its deltas add up to {level}.";
            if (level.OnHand < level.Reserved || level.Reserved < 0)
                yield return $"{logged.AggregateId}@{logged.Sequence}: {level.Reserved} reserved of {level.OnHand} on hand.";
            level = Carried(logged.Event);
        }
    }

    private static IEnumerable<string> ResultsAgainstEvents(IEnumerable<LoggedEvent> events, IEnumerable<LoggedResult> results)
    {
        var happened = events.ToLookup(logged => (logged.AggregateId, logged.CommandId));
        var resulted = results.ToLookup(logged => (logged.Result.AggregateId, logged.Result.CommandId), logged => logged.Result);
        foreach (var group in resulted)
        {
            if (group.Distinct(CommandResultContent.Comparer).Count() > 1)
                yield return $"Command {group.Key.CommandId} on {group.Key.AggregateId} has different results.";
            var eventsOfIt = happened[group.Key].ToList();
            switch (group.First())
            {
                case CommandRefused when eventsOfIt.Count > 0:
                    yield return $"Command {group.Key.CommandId} on {group.Key.AggregateId} was refused, and happened.";
                    break;
                case CommandAccepted accepted when eventsOfIt.Count != accepted.EventCount || eventsOfIt.Max(logged => logged.Sequence) != accepted.Version:
                    yield return $"Command {group.Key.CommandId} on {group.Key.AggregateId} was accepted as version {accepted.Version}; the log has "
                        + $"{string.Join(", ", eventsOfIt.Select(logged => logged.Sequence))}.";
                    break;
            }
        }

        foreach (var group in happened.Where(group => !resulted.Contains(group.Key)))
            yield return $"Command {group.Key.CommandId} on {group.Key.AggregateId} happened, and has no result.";
    }

    private static IEnumerable<string> AnswersAgainstResults(IEnumerable<LoggedResult> results, IEnumerable<ToldAnswer> told)
    {
        var resulted = results.ToLookup(logged => (logged.Result.AggregateId, logged.Result.CommandId), logged => logged.Result);
        foreach (var answer in told)
        {
            var result = resulted[(answer.AggregateId, answer.CommandId)].FirstOrDefault();
            if (result is null)
                yield return $"Command {answer.CommandId} on {answer.AggregateId} was answered, and has no result.";
            else if (result is CommandAccepted != answer.IsAccepted || (answer.IsAccepted && result.Version != answer.Version))
                yield return $"Command {answer.CommandId} on {answer.AggregateId}: the caller was told {answer}, the log says {result}.";
        }
    }

    private static (int OnHand, int Reserved) Fold((int OnHand, int Reserved) level, InventoryEvent happened) => happened switch
    {
        ProductRegistered => (0, 0),
        StockReceived e => (level.OnHand + e.Quantity, level.Reserved),
        StockSold e => (level.OnHand - e.Quantity, level.Reserved),
        StockAdjusted e => (level.OnHand + e.Quantity, level.Reserved),
        StockReserved e => (level.OnHand, level.Reserved + e.Quantity),
        StockReleased e => (level.OnHand, level.Reserved - e.Quantity),
        StockShipped e => (level.OnHand - e.Quantity, level.Reserved - e.Quantity),
        ProductDiscontinued => level,
        _ => throw new InvalidOperationException($"The audit does not know {happened.GetType().Name}."),
    };

    internal static (int OnHand, int Reserved) Carried(InventoryEvent happened) => happened switch
    {
        ProductRegistered e => (e.OnHand, e.Reserved),
        StockReceived e => (e.OnHand, e.Reserved),
        StockSold e => (e.OnHand, e.Reserved),
        StockAdjusted e => (e.OnHand, e.Reserved),
        StockReserved e => (e.OnHand, e.Reserved),
        StockReleased e => (e.OnHand, e.Reserved),
        StockShipped e => (e.OnHand, e.Reserved),
        ProductDiscontinued e => (e.OnHand, e.Reserved),
        _ => throw new InvalidOperationException($"The audit does not know {happened.GetType().Name}."),
    };
}
