using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>Writes records of the control topic.</summary>
internal static class ControlRecords
{
    public static Task<DeliveryResult<byte[]?, byte[]?>> WriteAsync(
        this IProducer<byte[]?, byte[]?> producer, string topic, ControlKey key, byte[] value, CancellationToken cancellationToken) =>
        producer.ProduceAsync(topic, new() { Key = Encoding.UTF8.GetBytes(key.ToString()), Value = value }, cancellationToken);

    /// <summary>Which generations of a sink are written and shown, as a change of the state that is given with its version.</summary>
    /// <returns>Where it stands. Whether it holds is found by reading up to there (<see cref="GenerationLedger"/>).</returns>
    public static Task<DeliveryResult<byte[]?, byte[]?>> DeclareAsync(
        this IProducer<byte[]?, byte[]?> producer, string topic, ControlKey key, SinkGenerations changed, CancellationToken cancellationToken) =>
        producer.WriteAsync(topic, key, JsonSerializer.SerializeToUtf8Bytes(changed.Next(), ControlJson.Default.SinkGenerations), cancellationToken);

    /// <summary>What became of a request to a sink.</summary>
    /// <returns>The key under which it stands.</returns>
    public static async Task<ControlKey> AnswerAsync(this IProducer<byte[]?, byte[]?> producer, string topic, string sink, SinkAnswer answer, CancellationToken cancellationToken)
    {
        var key = ControlKey.Answer(sink, answer.RequestId, answer.Topic, answer.Partition);
        await producer.WriteAsync(topic, key, JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.SinkAnswer), cancellationToken);
        return key;
    }
}
