namespace Streaming.Registry.Store;

/// <summary>One version of a subject.</summary>
/// <param name="Text">The schema as it was registered, without needless whitespace.</param>
/// <param name="Type">AVRO. Others appear only where another registry wrote the topic; they are told, not judged.</param>
/// <param name="IsDeleted">Softly: still found by id, and by those who ask for deleted ones.</param>
internal sealed record StoredSchema(string Subject, int Version, int Id, string Text, string Type = SchemaTypes.Avro, bool IsDeleted = false)
{
    /// <summary>Where the types come from that the text names and does not define.</summary>
    public IReadOnlyList<SchemaReference> References { get; init; } = [];
}

internal static class SchemaTypes
{
    public const string Avro = "AVRO";
}
