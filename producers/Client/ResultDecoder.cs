using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Commands;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Client;

/// <summary>Results as they stand on their topic, decoded where somebody wants to know them.</summary>
/// <param name="topic">The results' topic, for the log.</param>
internal sealed class ResultDecoder(AvroDeserializer<CommandResult> deserializer, string topic, ILogger logger)
{
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private readonly HashSet<int> _knownSchemas = [];

    /// <summary>Sees to it that a result can be decoded later without asking the registry, which may take as long as that is away. One thread.</summary>
    /// <returns>False when it never can be, or the client ends.</returns>
    public bool Prepare(byte[] value, TopicPartitionOffset at, CancellationToken stopping)
    {
        var isFramed = WireFormat.TryRead(value, out var schemaId, out _, out _);
        if (isFramed && _knownSchemas.Contains(schemaId))
            return true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                deserializer.Deserialize(value, at);
                return _knownSchemas.Add(schemaId);
            }
            catch (UndecodableRecordException cause)
            {
                // Nobody can be waiting for what nobody can read.
                logger.ResultSkipped(topic, at.Partition, at.Offset, cause.Message);
                return false;
            }
            catch (RegistryUnavailableException cause)
            {
                logger.ClientTroubled(topic, cause.Message);
                stopping.WaitHandle.WaitOne(RegistryWait);
            }
        }

        return false;
    }

    /// <summary>The result; null when these bytes hold none, which is logged.</summary>
    public CommandResult? Read(byte[] value)
    {
        try
        {
            return deserializer.Deserialize(value, isNull: false, new(MessageComponentType.Value, topic));
        }
        catch (UndecodableRecordException cause)
        {
            logger.ResultUnreadable(topic, cause.Message);
            return null;
        }
    }
}
