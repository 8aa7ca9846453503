using Microsoft.AspNetCore.Http;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>The parameter <c>format</c>: <c>resolved</c> asks for a schema with the types that it refers to written out. Any other is the schema as it is, as Confluent's registry has it.</summary>
internal static class SchemaFormat
{
    private const string Resolved = "resolved";

    /// <summary>The schema with its text in the form that is asked for; the rest of it, its GUID too, stays.</summary>
    public static StoredSchema Formatted(this HttpRequest request, SchemaState state, StoredSchema schema) =>
        request.Query["format"] == Resolved && schema.Type == SchemaTypes.Avro
            ? schema with { Text = ApacheText.Of(ReferencedSchemas.Parse(state, schema).ToString()) }
            : schema;
}
