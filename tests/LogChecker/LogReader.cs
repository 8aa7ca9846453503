using System.Text;
using Confluent.Kafka;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.LogChecker;

/// <summary>Reads everything that is committed, once from beginning to end, with nothing but a consumer and the registry's schemas.</summary>
public sealed class LogReader(string bootstrapServers, ISchemaRegistry registry, string prefix)
{
    private readonly Dictionary<int, AvroSchema> _schemas = [];

    /// <param name="contexts">Such as <c>inventory</c>; one whose topics do not exist is empty.</param>
    public CommittedLog Read(IEnumerable<string> contexts, CancellationToken late)
    {
        using var committed = new CommittedRecords(bootstrapServers, $"{prefix}log-checker");
        var (events, results, erasures) = (new List<LoggedEvent>(), new List<LoggedResult>(), new List<LoggedErasure>());
        foreach (var context in contexts)
        {
            events.AddRange(committed.Of($"{prefix}{context}.events", late).Where(HasValue).Select(record => ToEvent(context, record)));
            results.AddRange(committed.Of($"{prefix}{context}.results", late).Select(record => ToResult(context, record)));
            erasures.AddRange(committed.Of($"{prefix}{context}.erasures", late).Where(HasValue).Select(record => new LoggedErasure(context, Text(record.Message.Key))));
        }

        return new CommittedLog(events, results, erasures);
    }

    private LoggedEvent ToEvent(string context, ConsumeResult<byte[], byte[]> record)
    {
        var key = Text(record.Message.Key);
        var at = key.LastIndexOf('@');
        var (type, fields) = Decode(record);
        if (at < 1 || Header(record, "ce_subject") != key[..at] || Header(record, "ce_sequence") != key[(at + 1)..] || Header(record, "ce_type") != type)
            throw new InvalidDataException($"{record.TopicPartitionOffset}: key '{key}', headers and value name different events.");
        return new LoggedEvent(
            context, record.Partition.Value, record.Offset.Value, key[..at], long.Parse(key[(at + 1)..]), Header(record, "ce_id"), Header(record, "ce_causationid"), type, fields);
    }

    private LoggedResult ToResult(string context, ConsumeResult<byte[], byte[]> record)
    {
        var (type, result) = Decode(record);
        var isRefused = type.EndsWith(".CommandRefused", StringComparison.Ordinal);
        return new LoggedResult(
            context, record.Partition.Value, result.Text("aggregateId")!, result.Text("commandId")!, (long)result.Number("version"),
            isRefused ? 0 : (int)result.Number("eventCount"), isRefused ? $"{result.Text("code")}: {result.Text("reason")}" : null, Convert.ToHexString(result.Bytes("commandHash")));
    }

    private (string Type, Fields Fields) Decode(ConsumeResult<byte[], byte[]> record)
    {
        if (!WireFormat.TryRead(record.Message.Value, out var id, out var body, out var why))
            throw new InvalidDataException($"{record.TopicPartitionOffset}: {why}.");
        if (!_schemas.TryGetValue(id, out var schema))
            _schemas[id] = schema = AvroSchema.Parse(registry.GetSchema(id));
        var value = (GenericRecord)GenericEncoding.Decode(schema, body)!;
        return (value.Schema.FullName, Fields.Of(value));
    }

    // A tombstone: the event was purged, and the erasures say so.
    private static bool HasValue(ConsumeResult<byte[], byte[]> record) => record.Message.Value is not null;

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) => record.Message.Headers.TryGetLastBytes(name, out var value)
        ? Text(value)
        : throw new InvalidDataException($"{record.TopicPartitionOffset} has no header {name}.");

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
