namespace Streaming.Avro;

/// <summary>The only value of the type <c>null</c>, for fields that can hold nothing else.</summary>
public readonly record struct AvroNull;
