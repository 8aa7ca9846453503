using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonObject = System.Text.Json.Nodes.JsonObject;
using JsonValue = System.Text.Json.Nodes.JsonValue;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Every schema of the golden family avro-binary as generated code, in one assembly, a namespace per case.</summary>
/// <remarks>What is no record is made the only field of one: a record's bytes are those of its fields, so they stay the same.</remarks>
public sealed class GoldenRecords
{
    private readonly Assembly _assembly;
    private readonly List<string> _ids = [.. Golden.Ids("avro-binary").Select(row => row.Data)];

    /// <summary>The cases that have a logical type, where <c>csharpRaw</c> makes a difference.</summary>
    public static TheoryData<string> WithLogicalTypes => Golden.Ids("avro-binary", where: item => item.GetProperty("schema").GetRawText().Contains("logicalType"));

    public GoldenRecords() => _assembly = GeneratedCode.Load(Trees());

    /// <param name="isRaw">With <c>csharpRaw</c> at every logical type.</param>
    public AvroRecordType Record(string id, bool isRaw)
    {
        var schema = (NamedSchema)AvroSchema.Parse(SchemaOf(id, isRaw).ToJsonString());
        return GeneratedCode.Records(_assembly, Root(id, isRaw)).Single(record => record.FullName == schema.FullName);
    }

    private IEnumerable<SyntaxTree> Trees()
    {
        foreach (var isRaw in new[] { false, true })
        {
            foreach (var id in isRaw ? WithLogicalTypes.Select(row => row.Data) : _ids)
            {
                var schema = SchemaOf(id, isRaw);
                var map = Namespaces(schema).Distinct().Select(name => $"{name}={Root(id, isRaw)}.{string.Join('.', name.Split('.').Select(part => "N" + part))}");
                var run = GeneratedCode.Run([schema.ToJsonString()], Root(id, isRaw), string.Join(',', map));
                run.Diagnostics.ShouldBeEmpty(id);
                foreach (var tree in run.GeneratedTrees)
                    yield return tree.WithFilePath($"{id}/{tree.FilePath}");
            }
        }
    }

    private string Root(string id, bool isRaw) => $"{(isRaw ? "Raw" : "Case")}{_ids.IndexOf(id)}";

    private static JsonObject SchemaOf(string id, bool isRaw)
    {
        var schema = JsonNode.Parse(Golden.Case("avro-binary", id).GetProperty("schema").GetRawText())!;
        if (isRaw)
            KeepRaw(schema);
        return schema is JsonObject record && record["type"] is JsonValue type && (string?)type is "record" or "error"
            ? record
            : new JsonObject { ["type"] = "record", ["name"] = "Case", ["fields"] = new JsonArray(new JsonObject { ["name"] = "value", ["type"] = schema }) };
    }

    private static void KeepRaw(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            if (members.ContainsKey("logicalType"))
                members["csharpRaw"] = true;
            members.Select(member => member.Value).ToList().ForEach(KeepRaw);
        }
        else if (node is JsonArray items)
        {
            items.ToList().ForEach(KeepRaw);
        }
    }

    private static IEnumerable<string> Namespaces(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Namespaces(member.Value)).Concat(Namespace((string?)(members["name"] as JsonValue), (string?)(members["namespace"] as JsonValue))),
        JsonArray items => items.SelectMany(Namespaces),
        _ => [],
    };

    private static IEnumerable<string> Namespace(string? name, string? itsNamespace) =>
        name is not null && name.LastIndexOf('.') is > 0 and var dot ? [name[..dot]] : itsNamespace is { Length: > 0 } ? [itsNamespace] : [];
}
