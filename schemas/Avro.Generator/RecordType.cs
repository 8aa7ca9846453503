using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>A record schema as C#: a sealed positional record with its schema, encoder and decoder.</summary>
internal sealed class RecordType
{
    /// <summary>As in Streaming.Avro.Resolution.FieldOrder, which this assembly cannot reference.</summary>
    private const int Written = -1;

    private readonly RecordSchema _schema;
    private readonly string _name;
    private readonly List<(string Name, TypeCode Code)> _members = [];
    private readonly TypeCodes _codes;
    private readonly bool _isRecursive;

    /// <summary>All that the record consists of is encoded and decoded in place. Then writer and reader are kept in a local, and their positions in a register (Benchmarks avro).</summary>
    private readonly bool _isInlined;

    /// <summary>C# has a constructor from another instance in every record; a positional one of the same shape would conflict with it.</summary>
    private readonly bool _isPositional;
    private readonly IReadOnlyList<RecordSchema> _earlier;
    private readonly HashSet<string> _memberNames = [];
    private readonly TypeNames _names;

    /// <param name="earlier">The versions before, oldest first.</param>
    public RecordType(RecordSchema schema, IReadOnlyList<RecordSchema> earlier, TypeNames names)
    {
        _schema = schema;
        _earlier = earlier;
        _name = names.NameOf(schema);
        _names = names;
        _isRecursive = SchemaShape.IsRecursive(schema);
        // All names first: what a type is called in the code depends on them.
        var properties = schema.Fields.Select(field => Naming.Member(field.Name, _name, _memberNames)).ToList();
        _codes = new TypeCodes(names, names.NamespaceOf(schema), _name, _memberNames);
        foreach (var field in schema.Fields)
            _members.Add((properties[field.Position], _codes.OfField(field)));
        _isInlined = _members.Count > 1 && _members.All(member => member.Code.IsInlined);
        _isPositional = _members.Count != 1 || _members[0].Code.Name != _name;
    }

    public void Write(CodeWriter code)
    {
        Docs.Summary(code, _schema.Doc, _schema.FullName);
        if (_isPositional)
        {
            foreach (var field in _schema.Fields)
                Docs.Parameter(code, _members[field.Position].Name, field.Doc, field.Name);
        }
        var parameters = string.Join(", ", _schema.Fields.Select(Parameter));
        var itsBase = _schema.TextAttribute("csharpBase") is { } named ? named + ", " : "";
        code.Block($"public sealed {(_names.IsApacheReferenced ? "partial " : "")}record {_name}{(_isPositional ? $"({parameters})" : "")} : {itsBase}IAvroRecord<{_name}>", () =>
        {
            if (!_isPositional)
                WriteProperty(code);
            WriteRecordType(code);
            WriteEncode(code);
            WriteDecode(code);
            WriteDecodeInOrder(code);
            ValueEquality.Write(code, _name, _members);
            foreach (var choice in _codes.Choices)
                choice.Write(code);
        });
    }

    /// <summary>Its other part, where the project references Apache.Avro.</summary>
    public void WriteForApache(CodeWriter code) => new ApacheRecord(_name, _members, needsConstructor: _isPositional && _members.Count > 0, _memberNames, _names).Write(code);

    /// <summary>A field that a later version added at the end, null by default, may be left out: code from before compiles as it did.</summary>
    private string Parameter(RecordField field)
    {
        var (name, code) = _members[field.Position];
        return $"{code.PropertyType} {name}{(_schema.Fields.Skip(field.Position).All(IsAddedAsNull) ? " = null" : "")}";
    }

    private bool IsAddedAsNull(RecordField field) => _earlier.Count > 0 && _earlier[0].Find(field.Name) is null && field.Default is JsonNull;

    private void WriteProperty(CodeWriter code)
    {
        Docs.Field(code, _schema.Fields[0].Doc, _schema.Fields[0].Name);
        code.Line($"public required {_members[0].Code.PropertyType} {_members[0].Name} {{ get; init; }}").Line();
    }

    private void WriteRecordType(CodeWriter code)
    {
        Docs.Member(code, "The record's name, schemas and decoder.");
        var earlier = string.Concat(_earlier.Select((_, i) => $", SchemaJson{i + 1}"));
        code.Line($"public static AvroRecordType RecordType {{ get; }} = new AvroRecordType<{_name}>(\"{_schema.FullName}\", SchemaJson{earlier});");
        code.Line();
        code.Line("RecordSchema IAvroRecord.AvroSchema => RecordType.Schema;");
        WriteSchema(code, "SchemaJson", _schema);
        for (var i = 0; i < _earlier.Count; i++)
            WriteSchema(code, $"SchemaJson{i + 1}", _earlier[i]);
    }

    private static void WriteSchema(CodeWriter code, string name, RecordSchema schema)
    {
        var json = schema.ToString();
        var quotes = new string('"', Math.Max(3, LongestRunOfQuotes(json) + 1));
        code.Line();
        code.Line($"private const string {name} =").Indented(() => code.Line(quotes).Line(json).Line(quotes + ";"));
    }

    private void WriteEncode(CodeWriter code)
    {
        code.Line();
        Docs.Member(code, "Writes the fields in the order of the schema.");
        code.Block($"public void Encode(ref AvroWriter {(_isInlined ? "shared" : "writer")})", () =>
        {
            if (_isInlined)
                code.Line("var writer = shared;");
            if (_isRecursive)
                code.Line("writer.Enter();");
            foreach (var (name, member) in _members)
                member.Encode(code, name);
            if (_isRecursive)
                code.Line("writer.Leave();");
            if (_isInlined)
                code.Line("shared = writer;");
        });
    }

    private void WriteDecode(CodeWriter code)
    {
        code.Line();
        Docs.Member(code, "Reads the fields in the order of the schema.");
        if (_isInlined || _isRecursive)
        {
            // A reader of its own fits into registers; one that counts how deep it is does not.
            var (parameter, before, after) = _isInlined ? ("shared", "var reader = shared.Fork();", "shared.Join(reader);") : ("reader", "reader.Enter();", "reader.Leave();");
            code.Block($"public static {_name} Decode(ref AvroReader {parameter})", () =>
            {
                code.Line(before);
                WriteConstruction(code, $"var decoded = new {_name}");
                code.Line(after).Line("return decoded;");
            });
        }
        else
        {
            WriteConstruction(code, $"public static {_name} Decode(ref AvroReader reader) => new");
        }
    }

    /// <summary>A loop over the fields as they come, where the other decoder has one expression.</summary>
    private void WriteDecodeInOrder(CodeWriter code)
    {
        var (begin, end) = _isInlined ? ("reader = shared.Fork();", "shared.Join(reader);") : ("reader = shared;", "shared = reader;");
        code.Line();
        Docs.Member(code, "Reads the fields of another version, in its order.");
        code.Block($"public static {_name} Decode(ref AvroReader shared, FieldOrder order)", () =>
        {
            for (var i = 0; i < _members.Count; i++)
                code.Line($"{_members[i].Code.PropertyType} value{i} = default!;");
            if (_isRecursive)
                code.Line("shared.Enter();");
            code.Line("var reader = order.Defaults;");
            code.Block("foreach (var field in order.Fields)", () => code.Block("switch (field)", () =>
            {
                for (var i = 0; i < _members.Count; i++)
                    WriteCase(code, $"case {i}:", $"value{i} = {_members[i].Code.Decode()};");
                WriteCase(code, $"case {Written}:", begin);
                WriteCase(code, "default:", end, "order.Skip(field, ref shared);", begin);
            }));
            code.Line(end);
            if (_isRecursive)
                code.Line("shared.Leave();");
            WriteConstruction(code, $"return new {_name}", i => $"value{i}");
        });
    }

    private static void WriteCase(CodeWriter code, string label, params string[] statements) => code.Line(label).Indented(() =>
    {
        foreach (var statement in statements)
            code.Line(statement);
        code.Line("break;");
    });

    private void WriteConstruction(CodeWriter code, string start) => WriteConstruction(code, start, i => _members[i].Code.Decode());

    private void WriteConstruction(CodeWriter code, string start, Func<int, string> value)
    {
        if (_members.Count == 0)
        {
            code.Line(start + "();");
            return;
        }
        if (!_isPositional)
        {
            code.Line($"{start} {{ {_members[0].Name} = {value(0)} }};");
            return;
        }
        code.Line(start + "(").Indented(() =>
        {
            for (var i = 0; i < _members.Count; i++)
                code.Line($"{_members[i].Name}: {value(i)}{(i == _members.Count - 1 ? ");" : ",")}");
        });
    }

    private static int LongestRunOfQuotes(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var character in text)
        {
            run = character == '"' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
