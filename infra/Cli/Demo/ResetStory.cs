using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>The SQL sink derives every row again from the first event on; what it answers is the same as before.</summary>
internal sealed class ResetStory(StockApi stock, SinkWatch sinks)
{
    public const string Sink = "sql-sink";

    /// <param name="Answers">How many were compared; all were the same.</param>
    internal sealed record Outcome(SinkWatch.ResetDone Reset, int Answers);

    /// <exception cref="Failure">An answer is another one.</exception>
    public async Task<Outcome> PlayAsync(CancellationToken cancellationToken)
    {
        await sinks.CaughtUpAsync([Sink], cancellationToken);
        var before = await SqlAnswers.ReadAsync(stock, cancellationToken);
        var done = await sinks.ResetAsync(Sink, cancellationToken);
        return new(done, (await SqlAnswers.ReadAsync(stock, cancellationToken)).EnsureSame(before));
    }
}
