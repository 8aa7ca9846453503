using System.Runtime.CompilerServices;

namespace Streaming.Avro.Schema;

/// <summary>Parsing Canonical Form (specification, "Transforming into Parsing Canonical Form").</summary>
/// <remarks>Full names, only what decoding needs, members in a fixed order; a named type is written out where it first occurs.</remarks>
internal sealed class CanonicalForm
{
    private readonly JsonWriter _json = new();
    private readonly HashSet<string> _written = [];

    public static string Of(AvroSchema schema)
    {
        var form = new CanonicalForm();
        form.Write(schema);
        return form._json.ToString();
    }

    private void Write(AvroSchema schema)
    {
        // Named types can form a chain of any length without nesting in the text that they were read from.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (schema)
        {
            case NamedSchema named when !_written.Add(named.FullName):
                _json.String(named.FullName);
                break;
            case RecordSchema record:
                Start(record).Raw(",\"fields\":").List('[', record.Fields, ']', WriteField).Raw("}");
                break;
            case EnumSchema symbols:
                Start(symbols).Raw(",\"symbols\":").List('[', symbols.Symbols, ']', symbol => _json.String(symbol)).Raw("}");
                break;
            case FixedSchema bytes:
                Start(bytes).Raw($",\"size\":{bytes.Size}}}");
                break;
            case ArraySchema array:
                _json.Raw("{\"type\":\"array\",\"items\":");
                Write(array.Items);
                _json.Raw("}");
                break;
            case MapSchema map:
                _json.Raw("{\"type\":\"map\",\"values\":");
                Write(map.Values);
                _json.Raw("}");
                break;
            case UnionSchema union:
                _json.List('[', union.Branches, ']', Write);
                break;
            default:
                _json.String(schema.TypeName);
                break;
        }
    }

    private JsonWriter Start(NamedSchema schema) => _json.Raw("{\"name\":").String(schema.FullName).Raw(",\"type\":").String(schema.Type.Name());

    private void WriteField(RecordField field)
    {
        _json.Raw("{\"name\":").String(field.Name).Raw(",\"type\":");
        Write(field.Schema);
        _json.Raw("}");
    }
}
