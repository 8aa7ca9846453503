using System.Reflection;
using Confluent.SchemaRegistry;

namespace Streaming.Benchmarks.Avro;

/// <summary>Confluent's registry client with one schema and no registry: what is measured is the serializer.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it.
internal class PeerRegistry : DispatchProxy
#pragma warning restore CA1852
{
    private string _schema = "";

    public static ISchemaRegistryClient Create(string schema)
    {
        var client = Create<ISchemaRegistryClient, PeerRegistry>();
        ((PeerRegistry)client)._schema = schema;
        return client;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_MaxCachedSchemas" => 100,
        "get_Config" => Array.Empty<KeyValuePair<string, string>>(),
        "RegisterSchemaAsync" or "GetSchemaIdAsync" => Task.FromResult(1),
        "RegisterSchemaWithResponseAsync" => Task.FromResult(new RegisteredSchema("measured-value", 1, 1, _schema, SchemaType.Avro, [])),
        "GetLatestSchemaAsync" => Task.FromResult(new RegisteredSchema("measured-value", 1, 1, _schema, SchemaType.Avro, [])),
        "GetSchemaAsync" => Task.FromResult(new Schema(_schema, SchemaType.Avro)),
        "ConstructValueSubjectName" => "measured-value",
        "GetAssociationsByResourceNameAsync" => Task.FromResult(new List<Association>()),
        var other => throw new NotSupportedException($"{other} is not needed for the measurement."),
    };
}
