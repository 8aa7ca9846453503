using Streaming.Avro.Schema;

namespace Streaming.Registry.Store;

/// <summary>When two schema texts are the same schema, and so share an id: when they say the same in other whitespace, other member order or other spelling of names.</summary>
/// <remarks>Documentation, defaults and attributes count: other than the canonical form, the id must bring all of them back.</remarks>
internal static class SchemaIdentity
{
    public static string Of(StoredSchema schema) => schema.Type == SchemaTypes.Avro ? Of(schema.Text) : $"{schema.Type} {schema.Text}";

    private static string Of(string text)
    {
        try
        {
            return AvroSchema.Parse(text).ToString();
        }
        catch (InvalidSchemaException)
        {
            // Written by another registry with looser rules, or with references: it is equal to itself alone.
            return text;
        }
    }
}
