using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Client;

/// <summary>Sends the commands of one context and awaits their results. Safe for use by many threads.</summary>
/// <remarks>
/// A command id is the caller's own name for what it wants done, such as <c>till-7/receipt-4711</c>: within one aggregate the same command under
/// the same id is decided once, however often it is sent, and always has the same result. So whatever goes wrong here: send it again.
/// </remarks>
public sealed class ContextClient : IAsyncDisposable
{
    private static readonly AvroRecordType[] ResultRecords = [.. AvroRecords.All.Where(record => record.ClrType.IsSubclassOf(typeof(CommandResult)))];

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeSpan _wait;
    private readonly TimeProvider _time;
    private readonly CommandSender _sender;
    private readonly ResultBoard _board;
    private readonly ResultReader _reader;
    private readonly ClientTelemetry _telemetry;
    private Task? _reading;

    internal ContextClient(
        ContextTopics context, CommandClientOptions options, IProducer<byte[], byte[]> producer, AvroSerializer<IAvroRecord> serializer,
        ISchemaRegistry registry, TimeProvider time, ILogger logger)
    {
        var topics = context.WithPrefix(options.TopicPrefix);
        (_wait, _time) = (options.Wait, time);
        _sender = new CommandSender(producer, topics.Commands, serializer, options.Source);
        _telemetry = new ClientTelemetry(context.Context);
        var decoder = new ResultDecoder(new(registry, ResultRecords), topics.Results.Name, logger);
        _board = new ResultBoard(options.ResultsMax, decoder.Read);
        _reader = new ResultReader(topics.Results, options.ToClientConfig(), options.ResultsReadBack, decoder, _board, time, logger);
    }

    /// <summary>Results are read: nobody misses one from now on.</summary>
    public bool IsReady => _reader.CaughtUp.IsCompletedSuccessfully;

    /// <summary>Ends when results are read no longer: with the client, or by a failure that reading on cannot cure.</summary>
    public Task Completion => Reading();

    /// <summary>Begins to read results, unless it has begun, and completes when it is ready. <c>AskAsync</c> does so by itself; a host that wants its first caller served at once calls it at its start.</summary>
    /// <exception cref="TopicCountException">The context has another number of partitions than was said.</exception>
    public Task ReadyAsync(CancellationToken cancellationToken = default)
    {
        _ = Reading();
        return _reader.CaughtUp.WaitAsync(cancellationToken);
    }

    /// <summary>The result of an earlier command; null when it is not known, or not any more.</summary>
    public CommandResult? Find(ResultKey key) => _board.Find(key);

    /// <summary>Sends a command and completes when the cluster has it. It will be decided; nobody here will tell how.</summary>
    /// <param name="aggregateId">Whom the command is for; must be what the command itself says, else it is refused as <c>malformed</c>.</param>
    /// <param name="commandId">1 to 256 characters, see <see cref="CommandId"/>; a repeat under the same id does nothing more.</param>
    /// <exception cref="ArgumentException">The id is none.</exception>
    /// <exception cref="KafkaException">The cluster did not confirm: it may or may not have the command. Send it again under the same id.</exception>
    /// <exception cref="RegistryException">The registry did not take or know the command's schema; nothing was sent.</exception>
    public Task SendAsync(string aggregateId, string commandId, IAvroRecord command, Circumstances? circumstances = null) =>
        _sender.SendAsync(Prepare(aggregateId, commandId, command, circumstances ?? Circumstances.None));

    /// <summary>Sends a command, unless its result is known already, and waits for the result.</summary>
    /// <param name="aggregateId">Whom the command is for; must be what the command itself says, else it is refused as <c>malformed</c>.</param>
    /// <param name="commandId">1 to 256 characters, see <see cref="CommandId"/>; a repeat under the same id gets the same result.</param>
    /// <param name="wait">How long to wait; by default as the options say.</param>
    /// <returns>A <see cref="CommandAccepted"/> or a <see cref="CommandRefused"/>; null when it did not come in time, or the client was disposed:
    /// the command is on its way, and asking again under the same id gets its result.</returns>
    /// <exception cref="ArgumentException">The id is none.</exception>
    /// <exception cref="CommandIdReusedException">The aggregate decided another command under this id.</exception>
    /// <exception cref="KafkaException">The cluster did not confirm: it may or may not have the command. Ask again under the same id.</exception>
    /// <exception cref="TimeoutException">Results could not be read in time; nothing was sent.</exception>
    /// <exception cref="TopicCountException">The context has another number of partitions than was said; nothing was sent.</exception>
    /// <exception cref="RegistryException">The registry did not take or know the command's schema; nothing was sent.</exception>
    public async Task<CommandResult?> AskAsync(
        string aggregateId, string commandId, IAvroRecord command, Circumstances? circumstances = null, TimeSpan? wait = null,
        CancellationToken cancellationToken = default)
    {
        var outgoing = Prepare(aggregateId, commandId, command, circumstances ?? Circumstances.None);
        await ReadyAsync(wait ?? _wait, cancellationToken);
        var result = await AskAsync(outgoing, wait ?? _wait, cancellationToken);
        return result is null || result.CommandHash.Span.SequenceEqual(outgoing.Hash) ? result : throw new CommandIdReusedException(outgoing.Key, result);
    }

    /// <summary>Answers who waits with null, and stops reading. <see cref="CommandClient"/> does so for all its contexts.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task? reading;
        lock (_gate)
            reading = _reading;
        if (reading is not null)
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _telemetry.Dispose();
    }

    private OutgoingCommand Prepare(string aggregateId, string commandId, IAvroRecord command, Circumstances circumstances)
    {
        ArgumentException.ThrowIfNullOrEmpty(aggregateId);
        ArgumentNullException.ThrowIfNull(command);
        if (!CommandId.IsValid(commandId))
            throw new ArgumentException($"A command id has 1 to {CommandId.LengthMax} characters, none of them a control character.", nameof(commandId));
        return _sender.Prepare(aggregateId, commandId, command, circumstances);
    }

    // The result may be that of another command under the same id: compare the hash.
    private async Task<CommandResult?> AskAsync(OutgoingCommand command, TimeSpan wait, CancellationToken cancellationToken)
    {
        var result = _board.Await(command.Key);
        try
        {
            if (result.IsCompletedSuccessfully)
                return await result;
            var started = _time.GetTimestamp();
            await _sender.SendAsync(command);
            _telemetry.Sent(_time.GetElapsedTime(started));
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            var answer = await result.WaitAsync(wait, _time, ending.Token);
            _telemetry.Answered(_time.GetElapsedTime(started));
            return answer;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return null;    // No result is heard of any more; another process will answer for it.
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

    private async Task ReadyAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        _ = Reading();
        if (_reader.CaughtUp.IsCompletedSuccessfully)
            return;
        try
        {
            await _reader.CaughtUp.WaitAsync(wait, _time, cancellationToken);
        }
        catch (TimeoutException cause)
        {
            throw new TimeoutException(
                "The results topic cannot be read yet, so nothing was sent: is the cluster reachable, and has the context's host made its topics?", cause);
        }
    }

    // Begins with whoever asks first. Its failure reaches callers through the reader's CaughtUp.
    private Task Reading()
    {
        lock (_gate)
            return _reading ??= Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Read()
    {
        try
        {
            _reader.Run(_stopping.Token);
        }
        finally
        {
            _stopping.Cancel();     // Whoever waits would wait in vain.
        }
    }
}
