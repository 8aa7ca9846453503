using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Json;

/// <summary>Writes the binary encoding of what <see cref="AvroJson"/> reads.</summary>
internal static class AvroJsonReader
{
    /// <param name="path">Where the value stands in the text, as a JSON pointer, for messages.</param>
    public static void Read(AvroSchema schema, JsonElement json, string path, ref AvroWriter writer)
    {
        switch (schema)
        {
            case UnionSchema union:
                ReadUnion(union, json, path, ref writer);
                break;
            case RecordSchema record:
                ReadRecord(record, json, path, ref writer);
                break;
            case EnumSchema symbols:
                ReadSymbol(symbols, json, path, ref writer);
                break;
            case FixedSchema { Size: var size }:
                var bytes = Bytes(json, path);
                if (bytes.Length != size)
                    throw Wrong(path, $"{bytes.Length} bytes where {size} are due");
                writer.WriteFixed(bytes, size);
                break;
            case ArraySchema array:
                ReadArray(array, json, path, ref writer);
                break;
            case MapSchema map:
                ReadMap(map, json, path, ref writer);
                break;
            default:
                ReadPrimitive(schema.Type, json, path, ref writer);
                break;
        }
    }

    private static void ReadUnion(UnionSchema union, JsonElement json, string path, ref AvroWriter writer)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            writer.WriteUnionIndex(IndexOf(union, AvroType.Null.Name(), path));
            return;
        }

        Expect(json, JsonValueKind.Object, "an object that names the branch", path);
        if (json.GetPropertyCount() != 1)
            throw Wrong(path, "an object that names one branch is due");
        var chosen = json.EnumerateObject().First();
        var index = IndexOf(union, chosen.Name, path);
        writer.WriteUnionIndex(index);
        Read(union.Branches[index], chosen.Value, $"{path}/{chosen.Name}", ref writer);
    }

    private static int IndexOf(UnionSchema union, string name, string path)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (union.Branches[i].TypeName == name)
                return i;
        }

        throw Wrong(path, $"the union has no branch {name}");
    }

    private static void ReadRecord(RecordSchema record, JsonElement json, string path, ref AvroWriter writer)
    {
        Expect(json, JsonValueKind.Object, $"an object ({record.FullName})", path);
        if (json.GetPropertyCount() > record.Fields.Count)
            throw Wrong(path, $"{record.FullName} has no field {json.EnumerateObject().First(field => record.Find(field.Name) is null).Name}");
        writer.Enter();
        foreach (var field in record.Fields)
        {
            if (!json.TryGetProperty(field.Name, out var value))
                throw Wrong(path, $"the field {field.Name} is missing");
            Read(field.Schema, value, $"{path}/{field.Name}", ref writer);
        }

        writer.Leave();
    }

    private static void ReadSymbol(EnumSchema symbols, JsonElement json, string path, ref AvroWriter writer)
    {
        Expect(json, JsonValueKind.String, "a symbol", path);
        var index = symbols.IndexOf(json.GetString()!);
        writer.WriteEnumIndex(index >= 0 ? index : throw Wrong(path, $"{symbols.FullName} has no symbol {json.GetString()}"), symbols.Symbols.Count);
    }

    private static void ReadArray(ArraySchema array, JsonElement json, string path, ref AvroWriter writer)
    {
        Expect(json, JsonValueKind.Array, "an array", path);
        writer.WriteBlockCount(json.GetArrayLength());
        var i = 0;
        foreach (var item in json.EnumerateArray())
            Read(array.Items, item, $"{path}/{i++}", ref writer);
        writer.WriteBlockEnd();
    }

    private static void ReadMap(MapSchema map, JsonElement json, string path, ref AvroWriter writer)
    {
        Expect(json, JsonValueKind.Object, "an object", path);
        writer.WriteBlockCount(json.GetPropertyCount());
        foreach (var entry in json.EnumerateObject())
        {
            writer.WriteString(entry.Name);
            Read(map.Values, entry.Value, $"{path}/{entry.Name}", ref writer);
        }

        writer.WriteBlockEnd();
    }

    private static void ReadPrimitive(AvroType type, JsonElement json, string path, ref AvroWriter writer)
    {
        switch (type)
        {
            case AvroType.Null: Expect(json, JsonValueKind.Null, "null", path); break;
            case AvroType.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False: writer.WriteBoolean(json.GetBoolean()); break;
            case AvroType.Int when json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number): writer.WriteInt(number); break;
            case AvroType.Long when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var number): writer.WriteLong(number); break;
            case AvroType.Float: writer.WriteFloat((float)Number(json, path, static element => element.GetSingle())); break;
            case AvroType.Double: writer.WriteDouble(Number(json, path, static element => element.GetDouble())); break;
            case AvroType.Bytes: writer.WriteBytes(Bytes(json, path)); break;
            case AvroType.String: writer.WriteString(Text(json, path)); break;
            default: throw Wrong(path, $"{type.Name()} is due, not {json.ValueKind}");
        }
    }

    private static double Number(JsonElement json, string path, Func<JsonElement, double> read) => json.ValueKind switch
    {
        JsonValueKind.Number when read(json) is var number && double.IsFinite(number) => number,
        JsonValueKind.String when json.GetString() is "NaN" or "Infinity" or "-Infinity" => double.Parse(json.GetString()!, CultureInfo.InvariantCulture),
        _ => throw Wrong(path, "a number that the type can hold is due"),
    };

    private static byte[] Bytes(JsonElement json, string path)
    {
        var text = Text(json, path);
        return text.All(letter => letter <= byte.MaxValue) ? Encoding.Latin1.GetBytes(text) : throw Wrong(path, "bytes are text of characters up to U+00FF");
    }

    private static string Text(JsonElement json, string path)
    {
        Expect(json, JsonValueKind.String, "a text", path);
        return json.GetString()!;
    }

    private static void Expect(JsonElement json, JsonValueKind kind, string what, string path)
    {
        if (json.ValueKind != kind)
            throw Wrong(path, $"{what} is due, not {json.ValueKind}");
    }

    private static FormatException Wrong(string path, string what) => new($"{(path.Length == 0 ? "The value" : path)}: {what}.");
}
