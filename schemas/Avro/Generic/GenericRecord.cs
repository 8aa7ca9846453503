using Streaming.Avro.Schema;

namespace Streaming.Avro.Generic;

/// <summary>A record of a schema that is only known at run time.</summary>
/// <remarks>Values are of these types: null, bool, int, long, float, double, byte[] (bytes and fixed), string (an enum's symbol too), <see cref="GenericRecord"/>,
/// List&lt;object?&gt;, OrderedDictionary&lt;string, object?&gt;, <see cref="GenericUnion"/>; of the logical types <see cref="AvroDecimal"/>, <see cref="Guid"/> and
/// <see cref="AvroDuration"/>. Dates and times stay the numbers they are: no .NET type holds all of them.</remarks>
public sealed class GenericRecord(RecordSchema schema, IReadOnlyList<object?> values)
{
    public RecordSchema Schema { get; } = schema;

    /// <summary>In the order of the schema's fields.</summary>
    public IReadOnlyList<object?> Values { get; } = values;

    /// <exception cref="KeyNotFoundException">The schema has no such field.</exception>
    public object? this[string field] =>
        Values[Schema.Find(field)?.Position ?? throw new KeyNotFoundException($"{Schema.FullName} has no field {field}.")];
}

/// <summary>A value of a union, with the branch it belongs to: an int could be the long's branch too.</summary>
public sealed record GenericUnion(int Index, object? Value);
