using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Routing;

/// <summary>Brings a process manager what it has to hear, together with all other hosts that do.</summary>
internal sealed class ProcessRouter<TCommand, TEvent, TState> : BackgroundService, IRouterStatus
    where TCommand : class
    where TEvent : class
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(2);

    private readonly CommandContext<TCommand, TEvent, TState> _context;
    private readonly IReadOnlyList<ContextTopics> _sources;
    private readonly ContextPreparation _preparation;
    private readonly RouterClients _clients;
    private readonly ParkedPartitions _parked;
    private readonly RouterTelemetry _telemetry;
    private readonly RouterLoop _loop;
    private readonly ILogger<ProcessRouter<TCommand, TEvent, TState>> _logger;
    private volatile string? _trouble;

    public ProcessRouter(
        CommandContext<TCommand, TEvent, TState> context,
        IReadOnlyList<EventRoute<TCommand>> routes,
        IOptions<RouterOptions> options,
        IOptions<KafkaOptions> kafka,
        IOptions<TopicsOptions> topics,
        ContextPreparation preparation,
        RecordFormat format,
        TimeProvider time,
        ILogger<ProcessRouter<TCommand, TEvent, TState>> logger)
    {
        var prefix = topics.Value.Prefix;
        _context = context.WithPrefix(prefix);
        IReadOnlyList<EventRoute<TCommand>> prefixed = [.. routes.Select(route => route with { From = route.From.WithPrefix(prefix) })];
        _sources = [.. prefixed.Select(route => route.From).Concat(_context.Asks).DistinctBy(source => source.Context)];
        (_preparation, _logger) = (preparation, logger);
        _clients = new RouterClients(kafka.Value, options.Value, prefix, Context, logger);
        _parked = new ParkedPartitions(time);
        _telemetry = new RouterTelemetry(Context);
        _loop = new RouterLoop(
            _clients, new RecordTranslator<TCommand, TEvent, TState>(_context, prefixed, format), options.Value, _parked, _telemetry, time, logger);
    }

    public string Context => _context.Topics.Context;

    public string? Trouble => _trouble ?? _parked.Trouble ?? (_loop.HasJoined ? null : "not yet a member of its consumer group");

    public override void Dispose()
    {
        _telemetry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _preparation.PrepareAsync(_context.Topics, _context.Records, stoppingToken);
        foreach (var source in _sources)
            await _preparation.PrepareAsync(source, [], stoppingToken);
        _logger.RouterStarted(Context, _clients.Group);
        await Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _logger.RouterStopped(Context);
    }

    private void Run(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _trouble = null;
                _loop.Run(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The thread's last resort: health says what it was, and everything since the last commit is read again.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                _trouble = cause.Message;
                _logger.RouterFailed(cause, Context);
                stopping.WaitHandle.WaitOne(RestartDelay);
            }
        }
    }
}

/// <summary>A router as health checks see it.</summary>
internal interface IRouterStatus
{
    string Context { get; }

    /// <summary>Why something is not routed; null when all is well.</summary>
    string? Trouble { get; }
}
