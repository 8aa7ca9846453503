using System.Collections.Concurrent;
using System.Collections.Frozen;
using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Contracts;
using Streaming.Contracts.Upcasting;
using Streaming.Serdes.Registry;

namespace Streaming.Serdes;

/// <summary>The readers of all schema ids that a process meets, each worked out once. Safe for use by many threads.</summary>
/// <remarks>Grows by one small entry for each schema of the registry that is met and read here; ids that fail are not remembered, so a schema
/// registered late is found at the next attempt.</remarks>
public sealed class RecordReaders
{
    private readonly ISchemaRegistry _registry;
    private readonly FrozenDictionary<string, AvroRecordType> _records;
    private readonly ConcurrentDictionary<int, RecordReader> _readers = new();
    private readonly UpcasterChains _upcasters;

    /// <param name="records">What this process reads: <c>AvroRecords.All</c> of an assembly with generated records, or a part of it.</param>
    /// <param name="upcasters">By which old records are read as new ones; none: records are read as they were written. Null: those of the pipeline's own contexts.</param>
    /// <exception cref="InvalidUpcastersException">They lead in a circle, or to a record that is not read.</exception>
    public RecordReaders(ISchemaRegistry registry, IEnumerable<AvroRecordType> records, IEnumerable<Upcaster>? upcasters = null)
    {
        (_registry, _records) = (registry, records.ToFrozenDictionary(record => record.FullName));
        _upcasters = new(upcasters ?? Upcasters.All.Where(upcaster => _records.Values.Contains(upcaster.From)), _records.Values);
    }

    /// <summary>The reader of a schema id. Blocks the first time, while the registry is asked.</summary>
    /// <exception cref="UndecodableRecordException">The id is unknown, or its record is none of those this process reads.</exception>
    /// <exception cref="RegistryException">The registry could not be asked.</exception>
    public RecordReader Find(int schemaId)
    {
        if (_readers.TryGetValue(schemaId, out var known))
            return known;
        try
        {
            return Add(schemaId, _registry.GetSchema(schemaId));
        }
        catch (SchemaNotRegisteredException cause)
        {
            throw new UnknownSchemaException(schemaId, _registry.Address, cause);
        }
    }

    /// <inheritdoc cref="Find"/>
    public ValueTask<RecordReader> FindAsync(int schemaId, CancellationToken cancellationToken = default) =>
        _readers.TryGetValue(schemaId, out var known) ? ValueTask.FromResult(known) : AskAsync(schemaId, cancellationToken);

    private async ValueTask<RecordReader> AskAsync(int schemaId, CancellationToken cancellationToken)
    {
        try
        {
            return Add(schemaId, await _registry.GetSchemaAsync(schemaId, cancellationToken));
        }
        catch (SchemaNotRegisteredException cause)
        {
            throw new UnknownSchemaException(schemaId, _registry.Address, cause);
        }
    }

    private RecordReader Add(int schemaId, string schema)
    {
        try
        {
            if (AvroSchema.Parse(schema) is not RecordSchema writer)
                throw new UnknownRecordException($"schema id {schemaId} of {_registry.Address} is no record.", schemaId);
            if (!_records.TryGetValue(writer.FullName, out var record))
                throw new UnknownRecordException($"schema id {schemaId} is {writer.FullName}, which this process does not read. "
                    + "Start a build whose schemas have that record, or read the topic it was meant for.", schemaId);
            return _readers.GetOrAdd(schemaId, new RecordReader(schemaId, writer, record, _upcasters));
        }
        catch (InvalidSchemaException cause)
        {
            throw new UnknownRecordException($"schema id {schemaId} of {_registry.Address} is no Avro schema: {cause.Message}", schemaId, cause);
        }
    }
}
