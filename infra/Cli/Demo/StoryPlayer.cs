using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>Sends the story's commands, reads back what became of them, and checks that it is the story.</summary>
internal sealed class StoryPlayer(CommandApi commands, StockApi stock)
{
    /// <summary>Plays the steps as one product's events from the first on. Those that were played before change nothing.</summary>
    /// <returns>Its events as SQL has them.</returns>
    /// <exception cref="Failure">The product has another history.</exception>
    public async Task<IReadOnlyList<HistoryEntry>> PlayAsync(string sku, IReadOnlyList<StoryStep> steps, CancellationToken cancellationToken)
    {
        for (var version = 0; version < steps.Count; version++)
            await SendAsync(sku, steps[version], version, cancellationToken);

        var history = await stock.HistoryAsync(sku, atLeast: steps.Count, cancellationToken);
        for (var i = 0; i < steps.Count; i++)
            Check(sku, steps[i], history[i], unitCount: steps.Take(i + 1).Sum(step => step.Delta));
        return [.. history.Take(steps.Count)];
    }

    /// <exception cref="Failure">It is another record.</exception>
    public async Task<StockRecord> ReadAsync(DateOnly date, StockRecord expected, CancellationToken cancellationToken)
    {
        var record = await stock.AsOfAsync(expected.Sku, date, cancellationToken);
        return record == expected ? record : throw new Failure($"As of {date:yyyy-MM-dd} the record is {record}, {expected} was expected.");
    }

    private Task<bool> SendAsync(string sku, StoryStep step, long version, CancellationToken cancellationToken)
    {
        object body = step.Action == "register"
            ? new { name = $"Product {sku}", reason = step.Reason, occurredAt = step.Date }
            : new { quantity = step.Quantity, reason = step.Reason, occurredAt = step.Date };
        return commands.SendAsync("inventory", sku, step.Action, body, $"story-{sku}-{version + 1}", version, cancellationToken);
    }

    private static void Check(string sku, StoryStep step, HistoryEntry entry, long unitCount)
    {
        if (!step.IsRecordedAs(entry.Type) || (entry.Delta, entry.Date, entry.Reason, entry.UnitCount) != (step.Delta, step.Date, step.Reason, unitCount))
        {
            throw new Failure($"{sku} has another history: event {entry.Sequence} is {entry.Type} of {entry.Delta:+0;-0;0} on {entry.Date:yyyy-MM-dd} " +
                $"with {entry.UnitCount} units after it, {step.EventType} of {step.Delta:+0;-0;0} on {step.Date:yyyy-MM-dd} with {unitCount} was expected. " +
                "The story needs products of its own: start with empty topics (make clean).");
        }
    }
}
