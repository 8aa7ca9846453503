namespace Streaming.Serdes;

/// <summary>Bytes that this process cannot turn into a record, now or at the next attempt: they are poison, not a failure of the network.</summary>
public abstract class UndecodableRecordException(string message, Exception? cause) : Exception(message, cause)
{
    /// <summary>Where the bytes stand, such as <c>inventory.events-3@17</c>; null until somebody knows.</summary>
    public string? Position { get; internal set; }

    public override string Message => Position is null ? base.Message : $"{Position}: {base.Message}";
}

/// <summary>Not in wire format, or not what the writer's schema says.</summary>
public sealed class MalformedRecordException(string message, Exception? cause = null) : UndecodableRecordException(message, cause);

/// <summary>The registry knows no schema of that id.</summary>
public sealed class UnknownSchemaException(int schemaId, string registry, Exception? cause = null)
    : UndecodableRecordException($"schema id {schemaId} is not known to {registry}. "
        + "Start the producer's host, which registers its schemas, or set SchemaRegistry:Url to the registry the producer uses.", cause)
{
    public int SchemaId { get; } = schemaId;
}

/// <summary>The schema is known, but it is no record that this process reads.</summary>
public sealed class UnknownRecordException(string message, int schemaId, Exception? cause = null) : UndecodableRecordException(message, cause)
{
    public int SchemaId { get; } = schemaId;
}

/// <summary>The writer's version of the record cannot be read as the newest one: the schemas, or this one value, break the rules of evolution.</summary>
public sealed class UnresolvableRecordException(string message, int schemaId, Exception cause) : UndecodableRecordException(message, cause)
{
    public int SchemaId { get; } = schemaId;
}
