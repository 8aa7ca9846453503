using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Serdes.Registry;

namespace Streaming.Serdes;

/// <summary>Writes records in Confluent wire format, with the id that the registry gave their schema. Allocates the returned array alone.</summary>
/// <typeparam name="T">A generated record, or what several have in common, such as <c>InventoryEvent</c>: each is written with its own schema.
/// Nullable where tombstones are written.</typeparam>
/// <remarks>Safe for use by many threads. The first record of each schema asks the registry; call <see cref="PrepareAsync"/> at start to have that behind you.</remarks>
public sealed class AvroSerializer<T> : ISerializer<T>
    where T : class?
{
    private readonly ISchemaRegistry _registry;
    private readonly AvroSerializerOptions _options;
    private readonly ConcurrentDictionary<Target, int> _ids = new();

    public AvroSerializer(ISchemaRegistry registry, AvroSerializerOptions? options = null) =>
        (_registry, _options) = (registry, options ?? new AvroSerializerOptions());

    /// <summary>The record's frame; null, a tombstone, for null.</summary>
    /// <exception cref="RegistryException">The schema could not be registered, or found.</exception>
    public byte[] Serialize(T data, SerializationContext context)
    {
        // Confluent.Kafka takes a null array as a null value, though its signature cannot say so.
        if (data is null)
            return null!;
        var record = Record(data);
        var target = TargetOf(record, context);
        return Frame(record, _ids.TryGetValue(target, out var id) ? id : Ask(target, context));
    }

    /// <summary>The same serializer for producers that want an asynchronous one, which may ask the registry without blocking.</summary>
    /// <remarks>Not this class itself: a builder that takes either could not tell which is meant.</remarks>
    public IAsyncSerializer<T> AsAsync() => new Asynchronous(this);

    /// <inheritdoc cref="Serialize"/>
    public Task<byte[]> SerializeAsync(T data, SerializationContext context)
    {
        if (data is null)
            return Task.FromResult<byte[]>(null!);
        var record = Record(data);
        var target = TargetOf(record, context);
        return _ids.TryGetValue(target, out var id) ? Task.FromResult(Frame(record, id)) : AskAndFrameAsync(record, target, context);
    }

    /// <summary>Learns the ids of these records' schemas, so that serialising them needs no registry any more.</summary>
    /// <param name="context">Names the topic, where the subject depends on it.</param>
    public async Task PrepareAsync(IEnumerable<AvroRecordType> records, SerializationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (var record in records)
            await AskAsync(new Target(record.Schema, TopicIn(context), context.Component), context, cancellationToken);
    }

    private static IAvroRecord Record(T data) => data as IAvroRecord
        ?? throw new ArgumentException($"{data?.GetType()} is no record generated from an Avro schema.", nameof(data));

    private static byte[] Frame(IAvroRecord record, int id)
    {
        var frame = AvroEncoding.EncodeToArray(record, WireFormat.PrefixBytes);
        WireFormat.WritePrefix(frame, id);
        return frame;
    }

    private async Task<byte[]> AskAndFrameAsync(IAvroRecord record, Target target, SerializationContext context) =>
        Frame(record, await AskAsync(target, context, CancellationToken.None));

    private int Ask(Target target, SerializationContext context)
    {
        var (subject, schema) = (_options.SubjectNameStrategy.Subject(target.Schema, context), target.Schema.ToString());
        return _ids[target] = _options.AutoRegisterSchemas ? _registry.Register(subject, schema) : _registry.FindId(subject, schema);
    }

    private async Task<int> AskAsync(Target target, SerializationContext context, CancellationToken cancellationToken)
    {
        var (subject, schema) = (_options.SubjectNameStrategy.Subject(target.Schema, context), target.Schema.ToString());
        return _ids[target] = _options.AutoRegisterSchemas
            ? await _registry.RegisterAsync(subject, schema, cancellationToken)
            : await _registry.FindIdAsync(subject, schema, cancellationToken);
    }

    private Target TargetOf(IAvroRecord record, SerializationContext context) => new(record.AvroSchema, TopicIn(context), context.Component);

    /// <summary>Null where the subject does not depend on the topic, so that one answer serves all topics.</summary>
    private string? TopicIn(SerializationContext context) => _options.SubjectNameStrategy == SubjectNameStrategy.Record ? null : context.Topic;

    private sealed class Asynchronous(AvroSerializer<T> serializer) : IAsyncSerializer<T>
    {
        public Task<byte[]> SerializeAsync(T data, SerializationContext context) => serializer.SerializeAsync(data, context);
    }

    /// <summary>What an id depends on. Schemas are compared by reference: a generated record has one.</summary>
    private readonly record struct Target(RecordSchema Schema, string? Topic, MessageComponentType Component)
    {
        public bool Equals(Target other) => ReferenceEquals(Schema, other.Schema) && Component == other.Component && Topic == other.Topic;

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Schema), Topic);
    }
}

/// <summary>Where schemas of written records go.</summary>
public sealed class AvroSerializerOptions
{
    public SubjectNameStrategy SubjectNameStrategy { get; set; } = SubjectNameStrategy.Record;

    /// <summary>False: only schemas that are registered already are written with, as where schemas are deployed by review alone.</summary>
    public bool AutoRegisterSchemas { get; set; } = true;
}
