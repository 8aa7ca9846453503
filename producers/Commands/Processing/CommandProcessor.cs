using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Commands.Records;
using Streaming.Hosting.Kafka;

namespace Streaming.Commands.Processing;

/// <summary>Decides the commands of a context, together with all other hosts that do.</summary>
internal sealed class CommandProcessor<TCommand, TEvent, TState> : BackgroundService, IProcessorStatus
    where TCommand : class
    where TEvent : class
{
    private readonly CommandContext<TCommand, TEvent, TState> _context;
    private readonly CommandProcessorOptions _options;
    private readonly ProcessorClients _clients;
    private readonly ContextPreparation _preparation;
    private readonly RecordFormat _format;
    private readonly TimeProvider _time;
    private readonly ILogger<CommandProcessor<TCommand, TEvent, TState>> _logger;
    private readonly ProcessorTelemetry _telemetry;
    private readonly Membership _membership = new();
    private readonly PollLoop _loop;

    public CommandProcessor(
        CommandContext<TCommand, TEvent, TState> context,
        IOptions<CommandProcessorOptions> options,
        IOptions<KafkaOptions> kafka,
        IOptions<TopicsOptions> topics,
        ContextPreparation preparation,
        RecordFormat format,
        TimeProvider time,
        ILogger<CommandProcessor<TCommand, TEvent, TState>> logger)
    {
        _context = context.WithPrefix(topics.Value.Prefix);
        (_options, _preparation, _format, _time, _logger) = (options.Value, preparation, format, time, logger);
        _clients = new ProcessorClients(kafka.Value, options.Value, _context.Topics, topics.Value.Prefix, logger);
        _telemetry = new ProcessorTelemetry(_context.Topics.Context);
        _loop = new PollLoop(_clients.GroupConsumer(), _context.Topics.Commands.Name, _membership, StartWorker, logger);
        _telemetry.Observe(() => _loop.Workers.Select(owned => owned.Value.Reading));
    }

    public string Context => _context.Topics.Context;

    public bool HasJoined => _loop.HasJoined;

    public IEnumerable<(int Partition, PartitionStatus Status, int Queued)> Partitions =>
        _loop.Workers.Select(owned => (owned.Key, owned.Value.Status, owned.Value.Queue.Count));

    public override void Dispose()
    {
        _telemetry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _preparation.PrepareAsync(_context.Topics, _context.RecordsOfProcessor, stoppingToken);
        // Whoever decides for the asked may not have started yet; what is asked waits for them on their topics.
        foreach (var asked in _context.Asks)
            await _preparation.PrepareAsync(asked, [], stoppingToken);
        _logger.ProcessorStarted(Context, _clients.Group);
        await Task.Factory.StartNew(() => _loop.Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _logger.ProcessorStopped(Context);
    }

    private PartitionWorker<TCommand, TEvent, TState> StartWorker(int partition, IConsumer<byte[], byte[]> group) => new(
        _context, partition, _options, _clients, group, _membership, _format, _telemetry, _time, _logger);
}
