namespace Streaming.Registry.Store;

/// <summary>One version of a subject.</summary>
/// <param name="Text">The schema as it was registered, without needless whitespace; or normalized, where that was asked for.</param>
/// <param name="Type">AVRO. Others appear only where another registry wrote the topic; they are told, not judged.</param>
/// <param name="IsDeleted">Softly: still found by id, and by those who ask for deleted ones.</param>
internal sealed record StoredSchema(string Subject, int Version, int Id, string Text, string Type = SchemaTypes.Avro, bool IsDeleted = false)
{
    /// <summary>Where the types come from that the text names and does not define.</summary>
    public IReadOnlyList<SchemaReference> References { get; init; } = [];

    public SchemaMetadata? Metadata { get; init; }

    public RuleSet? RuleSet { get; init; }

    /// <summary>See <see cref="SchemaGuid"/>. Empty only until the version is part of the state.</summary>
    public string Guid { get; init; } = "";

    /// <summary>When its record was written to the topic, in milliseconds since 1970; null until it was.</summary>
    public long? WrittenAtMs { get; init; }
}

internal static class SchemaTypes
{
    public const string Avro = "AVRO";
}
