using Streaming.Avro.Schema;

namespace Streaming.Registry.Store;

/// <summary>When two schema texts are the same schema, and so share an id: when they say the same in other whitespace, other member order or other spelling of names.</summary>
/// <remarks>Documentation, defaults and attributes count: other than the canonical form, the id must bring all of them back.</remarks>
internal static class SchemaIdentity
{
    public static string Of(StoredSchema schema) => schema switch
    {
        { Type: not SchemaTypes.Avro } => $"{schema.Type} {schema.Text}",
        { References.Count: > 0 } => Of(schema.Text, schema.References),
        _ => Of(schema.Text),
    };

    /// <summary>A text that does not stand for itself is the same where it is written the same, and refers to the same.</summary>
    public static string Of(string text, IReadOnlyList<SchemaReference> references) => $"{text}\n{string.Join('\n', references)}";

    private static string Of(string text)
    {
        try
        {
            return AvroSchema.Parse(text).ToString();
        }
        catch (InvalidSchemaException)
        {
            // Written by another registry with looser rules: it is equal to itself alone.
            return text;
        }
    }
}
