using System.Globalization;
using System.Text;
using Streaming.Avro;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;
using Streaming.Sinks.Simulation.Steps;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>Reads what <see cref="Entry"/> writes. Now and then it has to ask a registry first.</summary>
internal sealed class SimulatedDecoder(World world) : IEventDecoder
{
    private static readonly IAvroRecord _record = new ProductRegistered(new Sku("A"), "A product", null, null, 0, 0, DateTimeOffset.UnixEpoch);

    public async ValueTask<RecordedEvent> DecodeAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (record.Offset % 16 == 0)
        {
            await world.Steps.CallAsync(Callee.Registry, "schema", _ => true, cancellationToken);
        }

        var (writing, amount) = Read(record.Value!);
        if (writing == Writing.Unreadable && !world.IsRepaired)
            throw new PoisonEventException(record.Offset, "no decoder reads it");
        var key = EventKey.TryParse(Encoding.UTF8.GetString(record.Key!), out var parsed) ? parsed : throw new PoisonEventException(record.Offset, "its key is none");
        return new RecordedEvent
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            AggregateId = key.AggregateId,
            Sequence = key.Sequence,
            EventId = Guid.Empty,
            RecordedAt = record.Timestamp,
            Record = _record,
            SchemaId = (int)writing,
            WriterSchema = _record.AvroSchema,
            Body = BitConverter.GetBytes(amount),
            ContentHash = amount,
        };
    }

    /// <summary>What an event says.</summary>
    public static long AmountOf(RecordedEvent recorded) => BitConverter.ToInt64(recorded.Body.Span);

    public static bool IsRefused(RecordedEvent recorded) => recorded.SchemaId == (int)Writing.Refused;

    private static (Writing Writing, long Amount) Read(byte[] value)
    {
        var parts = Encoding.UTF8.GetString(value).Split(':');
        var writing = Enum.Parse<Writing>(parts[0]);
        var amount = long.Parse(parts[1], CultureInfo.InvariantCulture);
        return (writing, writing == Writing.Evolved ? amount / 100 : amount);
    }
}
