using Confluent.Kafka.Admin;
using Streaming.Cli.Sinks;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Demo;

/// <summary>Asks sinks, as <c>streamctl sinks</c> does, and waits until they have done it.</summary>
internal sealed class SinkWatch(SinkAccess access, Patience patience, TimeProvider time)
{
    private const string Asker = "streamctl demo";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <summary>What a reset did.</summary>
    /// <param name="Events">Offsets that were derived again.</param>
    internal sealed record ResetDone(long Events, int Partitions, TimeSpan Took);

    public async Task PauseAsync(string sink, CancellationToken cancellationToken)
    {
        await access.Control.PauseAsync(await NameAsync(sink, cancellationToken), new(IsPaused: true, Asker, time.GetUtcNow(), "to show it"), cancellationToken);
        await ReportedAsync(sink, time.GetUtcNow(), report => report.State == "paused", "stands still", cancellationToken);
    }

    public async Task ResumeAsync(string sink, CancellationToken cancellationToken)
    {
        await access.Control.PauseAsync(await NameAsync(sink, cancellationToken), new(IsPaused: false, Asker, time.GetUtcNow(), null), cancellationToken);
        await CaughtUpAsync([sink], cancellationToken);
    }

    /// <summary>Until they have handled what is in the log now.</summary>
    public async Task CaughtUpAsync(IEnumerable<string> sinks, CancellationToken cancellationToken)
    {
        var asked = time.GetUtcNow();
        foreach (var sink in sinks)
            await CaughtUpAsync(sink, asked, cancellationToken);
    }

    /// <summary>Derives everything again, and waits for the end.</summary>
    public async Task<ResetDone> ResetAsync(string sink, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var before = await access.ReportsAsync(sink, cancellationToken);
        var starts = await access.OffsetsAsync(before, OffsetSpec.Earliest());
        var epochs = before.ToDictionary(report => report.Key, report => report.Epoch);
        var moved = before.Where(report => report.NextOffset > starts[(report.Topic, report.Partition)]).ToList();
        var request = new SinkRequest(
            Guid.CreateVersion7().ToString(), SinkRequestKind.Reset, Asker, time.GetUtcNow(), "to show it",
            [.. moved.Select(report => new SinkTarget(report.Topic, report.Partition, starts[(report.Topic, report.Partition)]))]);
        var answers = await access.Control.AskAsync(before[0].Sink, request, AnswerWithin, cancellationToken);
        if (answers.FirstOrDefault(answer => !answer.IsDone) is { } refused)
            throw new Failure($"{refused.Topic}-{refused.Partition}: {refused.Message}");
        var keys = moved.Select(report => report.Key).ToHashSet();
        await ReportedAsync(
            sink, time.GetUtcNow(), report => !keys.Contains(report.Key) || (report.Epoch > epochs[report.Key] && report.State == "running" && report.Mode != "replay"),
            "has derived everything again", cancellationToken);
        return new(moved.Sum(report => report.NextOffset - starts[(report.Topic, report.Partition)]), moved.Count, time.GetElapsedTime(started));
    }

    /// <summary>The name that the generation which readers see is operated by.</summary>
    private async Task<string> NameAsync(string sink, CancellationToken cancellationToken) => (await access.ReportsAsync(sink, cancellationToken))[0].Sink;

    private async Task CaughtUpAsync(string sink, DateTimeOffset asked, CancellationToken cancellationToken)
    {
        var ends = await access.OffsetsAsync(await access.ReportsAsync(sink, cancellationToken), OffsetSpec.Latest());
        // Behind the last event lies the mark that ends its transaction, which no reader sees: a host that read to the end says so.
        await ReportedAsync(
            sink, asked, report => report.State == "running" && report.LogEnd >= ends[(report.Topic, report.Partition)] && report.NextOffset >= report.LogEnd,
            "has caught up", cancellationToken);
    }

    /// <param name="since">What hosts said before counts for nothing.</param>
    private async Task ReportedAsync(string sink, DateTimeOffset since, Predicate<SinkReport> holds, string what, CancellationToken cancellationToken)
    {
        var missing = await patience.AskAsync(
            async () => (await access.ReportsAsync(sink, cancellationToken)).Where(report => report.At < since || !holds(report)).ToList(), reports => reports.Count == 0, cancellationToken);
        if (missing.Count > 0)
            throw new Failure($"{sink}: it was waited for that each of its partitions {what}; {missing[0].Key} is {missing[0].State}. streamctl status tells more.");
    }
}
