using Streaming.Contracts.Control;
using Streaming.Contracts.Envelope;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Erasing;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Worker;

/// <summary>Derives aggregates of one opened partition again, each whole, from events that are read beside its feed: a row is folded from its first event on, so nothing less is right.</summary>
internal sealed class Rederivation(
    WorkerContext context, IPartitionFeed feed, OpenedPartition opened, ErasedAggregates erased, ParkedEvents parked, BatchHandler handler)
{
    /// <summary>Most events that are held in memory for it.</summary>
    internal const int EventsMax = 200_000;

    /// <param name="target">Which offsets count, where no key is given.</param>
    public async Task<(bool IsDone, string Message)> RunAsync(SinkTarget target, string? key, CancellationToken cancellationToken)
    {
        if (context.Log is not { } log)
            return (false, "This sink's host cannot read the log beside its feed.");
        await handler.ReadErasuresAsync(cancellationToken);
        var facts = await feed.LookAsync(cancellationToken);
        var end = handler.NextInDestination;
        var ids = key is not null ? [key] : await IdsAsync(log, Math.Max(target.Offset, facts.LogStart), Math.Min(target.Until ?? end, end), cancellationToken);
        var records = await RecordsAsync(log, ids, facts.LogStart, end, cancellationToken);
        if (records.Count > EventsMax)
            return (false, $"That is {ids.Count} aggregates with more than {EventsMax} events, which are held in memory for it: give a narrower range, or reset the partition without --until.");
        if (records.Count == 0)
            return (key is null, key is null ? "Nothing happened there." : $"{key} has no event in {opened.Source} before @{end}, or was erased.");

        var decoder = new BatchDecoder(context.Decoder, erased, parked, decode => decode(cancellationToken));
        var (events, held, poison) = await decoder.DecodeAsync(records, cancellationToken);
        if (poison is not null)
            return (false, $"Nothing was changed: {poison.Message}");
        try
        {
            if (events.Count > 0)
                await handler.RederiveAsync(events);
        }
        catch (Exception refused) when (refused is PoisonEventException or NotSupportedException)
        {
            return (false, refused is PoisonEventException ? $"The destination refuses it: {refused.Message} Ask again once that is mended." : refused.Message);
        }

        return (true, $"{ids.Count} aggregates were derived again from {events.Count} events.{(held.Count > 0 ? $" {held.Count} events wait among the dead letters, as before." : "")}");
    }

    /// <summary>Those to which something happened there.</summary>
    private async Task<HashSet<string>> IdsAsync(IPartitionLog log, long fromOffset, long toOffset, CancellationToken cancellationToken)
    {
        var ids = new HashSet<string>();
        await foreach (var records in log.ReadAsync(opened.Source, fromOffset, toOffset, cancellationToken))
            ids.UnionWith(records.Select(IdOrNull).OfType<string>());
        return ids;
    }

    /// <summary>All that happened to them up to the checkpoint; what was erased is gone.</summary>
    private async Task<List<LogRecord>> RecordsAsync(IPartitionLog log, HashSet<string> ids, long logStart, long end, CancellationToken cancellationToken)
    {
        var found = new List<LogRecord>();
        await foreach (var records in log.ReadAsync(opened.Source, logStart, end, cancellationToken))
        {
            found.AddRange(records.Where(record => !erased.Contains(record.Key) && IdOrNull(record) is { } id && ids.Contains(id)));
            if (found.Count > EventsMax)
                break;
        }

        return found;
    }

    private static string? IdOrNull(LogRecord record) => EventKey.TryParse(DeadLetterFormat.TextOrNull(record.Key), out var key) ? key.AggregateId : null;
}
