using Streaming.Chaos;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>What must hold of inventory's log after any fault.</summary>
internal static class InventoryChecks
{
    public static readonly IReadOnlyList<string> Contexts = ["inventory"];

    /// <summary>Stops the callers, reads the log, and checks it against itself and against what they were told.</summary>
    public static async Task<CommittedLog> EndWellAsync(this Callers callers, Stage stage, int seed)
    {
        await callers.StopAsync();
        var log = stage.Read(Contexts, callers.Late);
        LogCheck.Violations(log, callers.Told, isSettled: true).ShouldBeEmpty($"seed {seed}");
        log.Events.Count.ShouldBe(callers.Told.Count(answer => answer.IsAccepted), $"seed {seed}");
        return log;
    }

    /// <summary>Records that were open when their writer was lost: nobody ever sees them, and their commands are decided once more.</summary>
    public static async Task NeverSeenAsync(this IReadOnlyCollection<OpenRecord> lost, CommittedLog log, CommittedReader reader, int seed)
    {
        await Eventually.Async(() => reader.Ids.Count >= log.Events.Count, Eventually.DefaultDeadline, $"a reader has seen all {log.Events.Count} events (seed {seed})");
        reader.Ids.ShouldBe(log.Events.Select(logged => logged.EventId), ignoreOrder: true, $"seed {seed}");
        log.Events.Select(logged => logged.EventId).Intersect(lost.Select(open => open.Id)).ShouldBeEmpty($"seed {seed}");
        var resulted = log.Results.Select(result => (result.AggregateId, result.CommandId)).ToHashSet();
        lost.Where(open => !resulted.Contains((open.Subject, open.Cause))).ShouldBeEmpty($"seed {seed}");
    }
}
