using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.Commands.Processing;
using Streaming.Commands.Records;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Sending;

/// <summary>Sends the commands of one context and waits for their results.</summary>
internal sealed class CommandGateway : BackgroundService
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ContextTopics _topics;
    private readonly IReadOnlyList<AvroRecordType> _records;
    private readonly ContextPreparation _preparation;
    private readonly TimeProvider _time;
    private readonly CommandSender _sender;
    private readonly ResultBoard _board;
    private readonly ResultReader _reader;

    public CommandGateway(
        ContextTopics context,
        IReadOnlyList<AvroRecordType> records,
        CommandProducer producer,
        IOptions<KafkaOptions> kafka,
        IOptions<TopicsOptions> topics,
        IOptions<CommandApiOptions> options,
        ContextPreparation preparation,
        RecordFormat format,
        TimeProvider time,
        ILogger<CommandGateway> logger)
    {
        _topics = context.WithPrefix(topics.Value.Prefix);
        (_records, _preparation, _time) = (records, preparation, time);
        _sender = new CommandSender(producer.Client, _topics.Commands, format);
        _board = new ResultBoard(options.Value.ResultsMax);
        _reader = new ResultReader(_topics, kafka.Value, options.Value, format, _board, time, logger);
    }

    /// <summary>Completes when the context's topics exist and its schemas are registered.</summary>
    public Task Prepared => _prepared.Task;

    public bool IsReady => _reader.CaughtUp.IsCompletedSuccessfully;

    /// <summary>The result of an earlier command; null when it is not known, or not any more.</summary>
    public CommandResult? Find(ResultKey key) => _board.Find(key);

    /// <summary>Sends a command, unless its result is known already, and waits for the result.</summary>
    /// <returns>The result, or null when it did not come in time. It may be that of another command under the same id: compare the hash.</returns>
    /// <exception cref="KafkaException">The cluster did not confirm that it has the command.</exception>
    public async Task<CommandResult?> AskAsync(OutgoingCommand command, TimeSpan wait, CancellationToken cancellationToken)
    {
        var result = _board.Await(command.Key);
        try
        {
            if (!result.IsCompleted)
                await _sender.SendAsync(command);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            return await result.WaitAsync(wait, _time, ending.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;    // The host stops and hears of no result any more; another one will answer for it.
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _board.Leave(command.Key);
        }
    }

    /// <summary>Encodes a command, so that it can be sent and compared.</summary>
    public OutgoingCommand Prepare(string aggregateId, string commandId, IAvroRecord command, Circumstances circumstances) =>
        _sender.Prepare(aggregateId, commandId, command, circumstances);

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = stoppingToken.Register(_stopping.Cancel);
        await _preparation.PrepareAsync(_topics, _records, stoppingToken);
        _prepared.TrySetResult();
        await Task.Factory.StartNew(() => _reader.Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
