using Streaming.Sinks.Health;

namespace Streaming.Sinks.Worker;

/// <summary>One generation on this host: what it is made of, and whether it runs.</summary>
/// <param name="ownsSink">Otherwise the host does.</param>
internal sealed class GenerationRun(int number, ISink sink, SinkStatus status, SinkMetrics metrics, SinkOptions options, bool ownsSink) : IDisposable
{
    private CancellationTokenSource? _stopping;
    private int _writersMax = Math.Min(options.RebuildWritersMax, options.WritersMax);

    public int Number => number;
    public ISink Sink => sink;
    public SinkStatus Status => status;
    public SinkMetrics Metrics => metrics;

    /// <summary>As many places as partitions may be written at the same time.</summary>
    public SemaphoreSlim Writers { get; } = new(Math.Min(options.RebuildWritersMax, options.WritersMax));

    public Task Ended { get; private set; } = Task.CompletedTask;

    public bool IsRunning => _stopping is not null;

    public void Start(Func<CancellationToken, Task> run)
    {
        var stopping = _stopping = new CancellationTokenSource();
        Ended = Task.Run(() => run(stopping.Token), CancellationToken.None);
    }

    /// <summary>Readers see it: it needs to be gentle to nobody any more.</summary>
    public void Lead()
    {
        if (_writersMax >= options.WritersMax)
            return;
        Writers.Release(options.WritersMax - _writersMax);
        _writersMax = options.WritersMax;
    }

    /// <summary>Every partition finishes its batch in hand.</summary>
    public async Task StopAsync()
    {
        if (_stopping is not { } stopping)
            return;
        await stopping.CancelAsync();
        try
        {
            await Ended;
        }
        catch (OperationCanceledException)
        {
            // It had not come to reading yet.
        }
        finally
        {
            _stopping = null;
            stopping.Dispose();
        }
    }

    public void Dispose()
    {
        Writers.Dispose();
        metrics.Dispose();
        if (ownsSink)
            (sink as IDisposable)?.Dispose();
    }
}
