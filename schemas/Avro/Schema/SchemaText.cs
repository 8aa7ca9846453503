using System.Runtime.CompilerServices;

namespace Streaming.Avro.Schema;

/// <summary>A schema as complete JSON. Names are full names, so that the text means the same wherever it is put.</summary>
internal sealed class SchemaText
{
    private readonly JsonWriter _json = new();
    private readonly HashSet<string> _written = [];

    public static string Of(AvroSchema schema)
    {
        var text = new SchemaText();
        text.Write(schema);
        return text._json.ToString();
    }

    private void Write(AvroSchema schema)
    {
        // As in the canonical form.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (schema)
        {
            case NamedSchema named when !_written.Add(named.FullName):
                _json.String(named.FullName);
                break;
            case UnionSchema union:
                _json.List('[', union.Branches, ']', Write);
                break;
            case PrimitiveSchema when schema.Attributes.Count == 0:
                _json.String(schema.TypeName);
                break;
            default:
                _json.Raw("{\"type\":").String(schema is RecordSchema { IsError: true } ? "error" : schema.Type.Name());
                WriteParts(schema);
                WriteAttributes(schema.Attributes);
                _json.Raw("}");
                break;
        }
    }

    private void WriteParts(AvroSchema schema)
    {
        if (schema is NamedSchema named)
            WriteNamed(named);
        switch (schema)
        {
            case RecordSchema record:
                _json.Raw(",\"fields\":").List('[', record.Fields, ']', WriteField);
                break;
            case EnumSchema symbols:
                _json.Raw(",\"symbols\":").List('[', symbols.Symbols, ']', symbol => _json.String(symbol));
                WriteText("default", symbols.Default);
                break;
            case FixedSchema bytes:
                _json.Raw($",\"size\":{bytes.Size}");
                break;
            case ArraySchema array:
                _json.Raw(",\"items\":");
                Write(array.Items);
                break;
            case MapSchema map:
                _json.Raw(",\"values\":");
                Write(map.Values);
                break;
        }
    }

    private void WriteNamed(NamedSchema schema)
    {
        // The empty namespace is said, because a name without dots would otherwise join the one around it.
        WriteText("name", schema.Name);
        WriteText("namespace", schema.Namespace);
        WriteText("doc", schema.Doc);
        WriteAliases(schema.Aliases);
    }

    private void WriteField(RecordField field)
    {
        _json.Raw("{\"name\":").String(field.Name).Raw(",\"type\":");
        Write(field.Schema);
        WriteText("doc", field.Doc);
        WriteAliases(field.Aliases);
        if (field.Order != "ascending")
            WriteText("order", field.Order);
        if (field.Default is { } value)
            _json.Raw(",\"default\":").Value(value);
        WriteAttributes(field.Attributes);
        _json.Raw("}");
    }

    private void WriteAliases(IReadOnlyList<string> aliases)
    {
        if (aliases.Count > 0)
            _json.Raw(",\"aliases\":").List('[', aliases, ']', alias => _json.String(alias));
    }

    private void WriteAttributes(IReadOnlyDictionary<string, JsonValue> attributes)
    {
        foreach (var attribute in attributes)
            _json.Raw(",").String(attribute.Key).Raw(":").Value(attribute.Value);
    }

    private void WriteText(string name, string? value)
    {
        if (value is not null)
            _json.Raw(",").String(name).Raw(":").String(value);
    }
}
