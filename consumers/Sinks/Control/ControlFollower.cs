using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>Follows the control topic from its start, for as long as the host runs. One thread.</summary>
internal sealed class ControlFollower(ConsumerConfig config, string topic, ControlBoard board, ILogger logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything that was there at the start is known: a sink that was paused must not begin by writing.</summary>
    public Task CaughtUp => _caughtUp.Task;

    public void Run(CancellationToken stopping)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => logger.ControlTroubled(topic, error.Reason))
            .SetLogHandler((_, message) => logger.LibrdkafkaSays(message.Facility, message.Message))
            .Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(PollTime) is not { } record)
                    continue;
                if (record.IsPartitionEOF)
                    _caughtUp.TrySetResult();
                else
                    Take(record);
            }
            catch (ConsumeException cause) when (!cause.Error.IsFatal)
            {
                logger.ControlTroubled(topic, cause.Error.Reason);
            }
        }
    }

    private void Take(ConsumeResult<byte[]?, byte[]?> record)
    {
        try
        {
            if (record.Message.Key is { } bytes && ControlKey.TryParse(Encoding.UTF8.GetString(bytes), out var key))
                board.Take(key, record.Message.Value);
        }
        catch (JsonException cause)
        {
            // Who asked for something in no form that we know gets no answer, and so learns of it; other requests go on.
            logger.ControlUnreadable(cause, topic, record.Partition.Value, record.Offset.Value);
        }
    }
}
