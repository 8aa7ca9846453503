using Streaming.Sinks.Control;

namespace Streaming.Sinks.Generations;

/// <summary>How far a generation is behind another, by what hosts report of both.</summary>
/// <param name="sink">The sink's own name.</param>
internal sealed class GenerationProgress(string sink, ControlClient client, SinkOptions options, TimeProvider time)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Offsets that the left has handled by its present reports, and the right has not, although it was given the time of a few reports; 0: it has come as far.</summary>
    public async Task<long> EventsToGoAsync(int left, int right, CancellationToken cancellationToken)
    {
        var reached = await PositionsAsync(left, cancellationToken);
        var patience = TimeSpan.FromMilliseconds(2.5 * options.ReportIntervalMs + 1_000);
        for (var started = time.GetTimestamp(); ;)
        {
            var positions = await PositionsAsync(right, cancellationToken);
            var toGo = reached.Sum(position => Math.Max(0, position.Value - positions.GetValueOrDefault(position.Key)));
            if (toGo == 0 || time.GetElapsedTime(started) > patience)
                return toGo;
            await Task.Delay(PollTime, time, cancellationToken);
        }
    }

    private async Task<Dictionary<(string Topic, int Partition), long>> PositionsAsync(int number, CancellationToken cancellationToken) =>
        (await client.ReportsAsync(cancellationToken)).Where(report => report.Sink == SinkNames.OfGeneration(sink, number))
        .ToDictionary(report => (report.Topic, report.Partition), report => report.NextOffset);
}
