namespace Streaming.Avro.Schema;

/// <summary>Reads schemas from JSON. One parser reads several texts, and a later one may refer to the named types of an earlier one.</summary>
/// <param name="findName">Asked for a full name that no text has defined so far; null, or an answer of null, makes that an error.</param>
public sealed class SchemaParser(Func<string, NamedSchema?>? findName = null)
{
    private static readonly Dictionary<string, JsonValue> _noAttributes = [];
    private static readonly string[] _ofRecord = ["type", "name", "namespace", "doc", "aliases", "fields"];
    private static readonly string[] _ofEnum = ["type", "name", "namespace", "doc", "aliases", "symbols", "default"];
    private static readonly string[] _ofFixed = ["type", "name", "namespace", "doc", "aliases", "size"];
    private static readonly string[] _ofArray = ["type", "items"];
    private static readonly string[] _ofMap = ["type", "values"];
    private static readonly string[] _ofPrimitive = ["type"];
    private static readonly string[] _ofField = ["name", "type", "doc", "aliases", "order", "default"];

    private readonly Dictionary<string, NamedSchema> _named = [];
    private readonly List<(RecordSchema Record, RecordField Field)> _defaults = [];

    /// <summary>Reads one schema.</summary>
    /// <exception cref="InvalidSchemaException">The text breaks a rule of the specification.</exception>
    public AvroSchema Parse(string json)
    {
        _defaults.Clear();
        var schema = Read(JsonReader.Read(json), inNamespace: "");
        // Only now: a default may be of a record that was still being read when its field was.
        foreach (var (record, field) in _defaults)
        {
            if (DefaultRules.Violation(field.Schema, field.Default!) is { } violation)
                throw new InvalidSchemaException($"Default of {record.FullName}.{field.Name}: {violation}.");
        }
        return schema;
    }

    private AvroSchema Read(JsonValue json, string inNamespace) => json switch
    {
        JsonString name => Reference(name.Value, inNamespace),
        JsonArray branches => Union(branches, inNamespace),
        JsonObject definition => Define(definition, inNamespace),
        _ => throw new InvalidSchemaException($"{json} is no schema: a name, an array of branches or an object is expected."),
    };

    private AvroSchema Reference(string name, string inNamespace) =>
        PrimitiveSchema.Find(name) as AvroSchema
        ?? Known(SchemaNames.Qualify(name, inNamespace))
        ?? Known(name)
        ?? throw new InvalidSchemaException($"Unknown type \"{name}\"{(inNamespace.Length > 0 ? $" in namespace {inNamespace}" : "")}: define it before it is referred to.");

    private NamedSchema? Known(string fullName) => _named.TryGetValue(fullName, out var schema) ? schema : findName?.Invoke(fullName);

    private UnionSchema Union(JsonArray json, string inNamespace)
    {
        var branches = new List<AvroSchema>();
        var names = new HashSet<string>();
        foreach (var item in json.Items)
        {
            var branch = Read(item, inNamespace);
            if (branch is UnionSchema)
                throw new InvalidSchemaException("A union stands directly within a union: list its branches in the outer one.");
            if (!names.Add(branch.TypeName))
                throw new InvalidSchemaException($"A union has two branches of type {branch.TypeName}: only differently named types may repeat.");
            branches.Add(branch);
        }
        return new UnionSchema(branches);
    }

    private AvroSchema Define(JsonObject json, string inNamespace)
    {
        var type = RequiredText(json, "type", "A schema");
        switch (type)
        {
            case "record" or "error":
                return Record(json, isError: type == "error", inNamespace);
            case "enum":
                return Enum(json, inNamespace);
            case "fixed":
                return Fixed(json, inNamespace);
            case "array":
                return new ArraySchema(Read(Required(json, "items", "An array"), inNamespace), Attributes(json, _ofArray));
            case "map":
                return new MapSchema(Read(Required(json, "values", "A map"), inNamespace), Attributes(json, _ofMap));
            default:
                return Reference(type, inNamespace) is PrimitiveSchema primitive ? Primitive(primitive, json) : Reference(type, inNamespace);
        }
    }

    private static PrimitiveSchema Primitive(PrimitiveSchema plain, JsonObject json)
    {
        var attributes = Attributes(json, _ofPrimitive);
        return attributes.Count == 0 ? plain : new PrimitiveSchema(plain.Type, attributes, LogicalType.Find(plain.Type, fixedSize: 0, attributes));
    }

    private RecordSchema Record(JsonObject json, bool isError, string inNamespace)
    {
        var record = Add(new RecordSchema(Named(json, inNamespace, _ofRecord), isError));
        var fields = new List<RecordField>();
        var names = new HashSet<string>();
        foreach (var item in RequiredArray(json, "fields", $"Record {record.FullName}"))
        {
            var field = Field(record, fields.Count, item);
            if (!names.Add(field.Name))
                throw new InvalidSchemaException($"Record {record.FullName} has two fields \"{field.Name}\".");
            fields.Add(field);
        }
        record.Complete(fields);
        return record;
    }

    private RecordField Field(RecordSchema record, int position, JsonValue item)
    {
        var json = item as JsonObject ?? throw new InvalidSchemaException($"Field {position} of {record.FullName} is no object.");
        var name = RequiredText(json, "name", $"Field {position} of {record.FullName}");
        var where = $"Field {record.FullName}.{name}";
        if (!SchemaNames.IsName(name))
            throw new InvalidSchemaException($"{where}: \"{name}\" is no name.");
        var field = new RecordField(name, position, Read(Required(json, "type", where), record.Namespace))
        {
            Doc = (json.Find("doc") as JsonString)?.Value,
            Aliases = Aliases(json, where),
            Order = (json.Find("order") as JsonString)?.Value ?? "ascending",
            Default = json.Find("default"),
            Attributes = Attributes(json, _ofField),
        };
        if (field.Order is not ("ascending" or "descending" or "ignore"))
            throw new InvalidSchemaException($"{where}: order \"{field.Order}\" is none of ascending, descending, ignore.");
        if (field.Default is not null)
            _defaults.Add((record, field));
        return field;
    }

    private EnumSchema Enum(JsonObject json, string inNamespace)
    {
        var parts = Named(json, inNamespace, _ofEnum);
        var symbols = Texts(RequiredArray(json, "symbols", $"Enum {parts.FullName}"), $"Symbols of {parts.FullName}");
        if (symbols.FirstOrDefault(symbol => !SchemaNames.IsName(symbol)) is { } noName)
            throw new InvalidSchemaException($"Enum {parts.FullName}: symbol \"{noName}\" is no name.");
        if (symbols.Count != symbols.Distinct().Count())
            throw new InvalidSchemaException($"Enum {parts.FullName} has a symbol twice.");
        var chosen = json.Find("default");
        if (chosen is not null && !(chosen is JsonString text && symbols.Contains(text.Value)))
            throw new InvalidSchemaException($"Enum {parts.FullName}: default {chosen} is none of its symbols.");
        return Add(new EnumSchema(parts, symbols, (chosen as JsonString)?.Value));
    }

    private FixedSchema Fixed(JsonObject json, string inNamespace)
    {
        var parts = Named(json, inNamespace, _ofFixed);
        if (Required(json, "size", $"Fixed {parts.FullName}") is not JsonNumber number || !JsonNumbers.TryReadInt(number, out var size) || size < 0)
            throw new InvalidSchemaException($"Fixed {parts.FullName}: size {json.Find("size")} is no count of bytes.");
        return Add(new FixedSchema(parts, size, LogicalType.Find(AvroType.Fixed, size, parts.Attributes)));
    }

    private T Add<T>(T schema)
        where T : NamedSchema
    {
        if (_named.ContainsKey(schema.FullName))
            throw new InvalidSchemaException($"{schema.FullName} is defined twice: refer to it by name after its definition.");
        _named.Add(schema.FullName, schema);
        return schema;
    }

    private static NamedParts Named(JsonObject json, string inNamespace, string[] own)
    {
        var name = RequiredText(json, "name", "A named type");
        var itsNamespace = json.Find("namespace") switch
        {
            null or JsonNull => inNamespace,
            JsonString text => text.Value,
            var other => throw new InvalidSchemaException($"Type {name}: namespace {other} is no string."),
        };
        var fullName = SchemaNames.Qualify(name, itsNamespace);
        if (!SchemaNames.IsFullName(fullName))
            throw new InvalidSchemaException($"\"{fullName}\" is no name: letters, digits and underscores, not starting with a digit, dots between the parts.");
        if (PrimitiveSchema.Find(SchemaNames.NameOf(fullName)) is not null)
            throw new InvalidSchemaException($"\"{fullName}\" is the name of a primitive type: no type may be called so, in any namespace.");
        var aliases = Aliases(json, fullName).Select(alias => SchemaNames.Qualify(alias, SchemaNames.NamespaceOf(fullName)));
        return new NamedParts(fullName, (json.Find("doc") as JsonString)?.Value, [.. aliases], Attributes(json, own));
    }

    private static List<string> Aliases(JsonObject json, string where) => json.Find("aliases") switch
    {
        null => [],
        JsonArray aliases => Texts(aliases.Items, $"Aliases of {where}"),
        var other => throw new InvalidSchemaException($"{where}: aliases {other} are no array."),
    };

    private static Dictionary<string, JsonValue> Attributes(JsonObject json, string[] own)
    {
        if (json.Members.All(member => own.Contains(member.Key)))
            return _noAttributes;
        return json.Members.Where(member => !own.Contains(member.Key)).ToDictionary(member => member.Key, member => member.Value);
    }

    private static List<string> Texts(IReadOnlyList<JsonValue> items, string what) =>
        [.. items.Select(item => (item as JsonString)?.Value ?? throw new InvalidSchemaException($"{what}: {item} is no string."))];

    private static IReadOnlyList<JsonValue> RequiredArray(JsonObject json, string member, string what) =>
        (Required(json, member, what) as JsonArray)?.Items ?? throw new InvalidSchemaException($"{what}: \"{member}\" is no array.");

    private static string RequiredText(JsonObject json, string member, string what) =>
        (Required(json, member, what) as JsonString)?.Value ?? throw new InvalidSchemaException($"{what}: \"{member}\" is no string.");

    private static JsonValue Required(JsonObject json, string member, string what) =>
        json.Find(member) ?? throw new InvalidSchemaException($"{what} has no \"{member}\".");
}
