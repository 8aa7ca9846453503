using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Which named types and fields of a writer and a reader belong together.</summary>
internal static class SchemaMatch
{
    /// <summary>By the name without its namespace (specification, "Schema Resolution"), or by an alias of the reader.</summary>
    public static bool Names(NamedSchema writer, NamedSchema reader) => writer.Name == reader.Name || reader.Aliases.Contains(writer.FullName);

    /// <summary>The writer's field of the reader's field's name, or else of one of its aliases; null when it has none.</summary>
    public static RecordField? Field(RecordSchema writer, RecordField reader) =>
        writer.Find(reader.Name) ?? reader.Aliases.Select(writer.Find).FirstOrDefault(field => field is not null);

    /// <summary>How well a branch suits what was written: the higher, the better.</summary>
    public static int Rank(AvroSchema writer, AvroSchema branch) => (writer, branch) switch
    {
        (NamedSchema w, NamedSchema b) when w.Type == b.Type => w.FullName == b.FullName ? 3 : b.Aliases.Contains(w.FullName) ? 2 : 1,
        _ => writer.Type == branch.Type ? 1 : 0,
    };
}
