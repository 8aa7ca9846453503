using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>Finds the C# for a schema, within one record.</summary>
internal sealed class TypeCodes(TypeNames names, string itsNamespace, string recordName, ISet<string> memberNames)
{
    /// <summary>Unions that need a type of their own, found so far.</summary>
    public List<ChoiceType> Choices { get; } = [];

    /// <summary>The code of a field, in its strong type when it names one.</summary>
    public TypeCode OfField(RecordField field) => Of(field.Schema, Naming.Pascal(field.Name), field.TextAttribute("csharpType"));

    private TypeCode Of(AvroSchema schema, string path, string? strongType = null) => schema switch
    {
        UnionSchema union => OfUnion(union, path, strongType),
        _ when (strongType ?? schema.TextAttribute("csharpType")) is { } strong => new StrongCode(strong, Plain(schema, path)),
        _ => Plain(schema, path),
    };

    private TypeCode Plain(AvroSchema schema, string path) => schema switch
    {
        RecordSchema record => OfRecord(record),
        EnumSchema symbols => OfEnum(symbols),
        ArraySchema array => OfArray(array, path),
        MapSchema map => OfMap(map, path),
        _ => LogicalCode(schema) ?? PlainCode(schema),
    };

    private TypeCode OfUnion(UnionSchema union, string path, string? strongType)
    {
        if (union.NullableOf is { } other)
            return new NullableCode(Of(other, path, strongType), union.NullIndex);
        if (union.Branches.Count == 1)
            return new SingleBranchCode(Of(union.Branches[0], path, strongType));
        if (union.Branches.Count == 0)
            throw new InvalidSchemaException("a union without branches has no values");

        var name = Naming.Unique(path + "Choice", memberNames);
        var cases = new HashSet<string>(memberNames);
        ChoiceBranch[] branches = [.. union.Branches.Select(branch => new ChoiceBranch(CaseName(branch, union, cases), Of(branch, path + "Of" + CaseWord(branch, union))))];
        Choices.Add(new ChoiceType(name, union, branches));
        // Qualified, because the record's parameters stand outside of its body.
        return new ChoiceCode($"{recordName}.{name}", union.NullIndex, branches);
    }

    private static string CaseName(AvroSchema branch, UnionSchema union, HashSet<string> taken) => Naming.Unique("Of" + CaseWord(branch, union), taken);

    /// <summary>The branch's simple name, or its full name when another branch has the same simple one.</summary>
    private static string CaseWord(AvroSchema branch, UnionSchema union)
    {
        var name = SchemaNames.NameOf(branch.TypeName);
        var isShared = union.Branches.Count(other => Naming.Pascal(SchemaNames.NameOf(other.TypeName)) == Naming.Pascal(name)) > 1;
        return Naming.Pascal(isShared ? branch.TypeName.Replace('.', '_') : name);
    }

    private CalledCode OfRecord(RecordSchema record)
    {
        var name = names.Reference(record, itsNamespace, memberNames);
        return new CalledCode(name, "{0}.Encode(ref writer)", $"{name}.Decode(ref reader)", ApacheForm.Record(name, names));
    }

    private CalledCode OfEnum(EnumSchema symbols)
    {
        var name = names.Reference(symbols, itsNamespace, memberNames);
        return new CalledCode(name, $"writer.WriteEnumIndex((int){{0}}, {symbols.Symbols.Count})", $"({name})reader.ReadEnumIndex({symbols.Symbols.Count})", ApacheForm.Enum(name)) { IsCompiledInPlace = true };
    }

    private ArrayCode OfArray(ArraySchema array, string path)
    {
        var item = Of(array.Items, path + "Item");
        return new ArrayCode($"{names.Known("IReadOnlyList")}<{item.PropertyType}>", item, SchemaShape.BytesMin(array.Items));
    }

    private MapCode OfMap(MapSchema map, string path)
    {
        var value = Of(map.Values, path + "Value");
        return new MapCode($"{names.Known("IReadOnlyDictionary")}<string, {value.PropertyType}>", value, SchemaShape.BytesMin(map.Values));
    }

    private CalledCode PlainCode(AvroSchema schema) => schema switch
    {
        FixedSchema bytes => new CalledCode(Bytes(), $"writer.WriteFixed({{0}}.Span, {bytes.Size})", $"reader.CopyFixed({bytes.Size})", ApacheForm.Fixed(bytes, names)) { IsBytes = true },
        _ => schema.Type switch
        {
            AvroType.Null => new CalledCode(names.Known("AvroNull"), "", "default", ApacheForm.Null),
            AvroType.Boolean => Called("bool", "Boolean"),
            AvroType.Int => Called("int", "Int"),
            AvroType.Long => Called("long", "Long"),
            AvroType.Float => Called("float", "Float"),
            AvroType.Double => Called("double", "Double"),
            AvroType.Bytes => new CalledCode(Bytes(), "writer.WriteBytes({0}.Span)", "reader.CopyBytes()", ApacheForm.Bytes(Bytes())) { IsBytes = true },
            AvroType.String => Called("string", "String"),
            _ => throw new InvalidOperationException($"No C# for {schema.TypeName}; add it above."),
        },
    };

    /// <summary>Null where there is no logical type, where the schema wants the plain value (<c>"csharpRaw": true</c>), or where no .NET type holds it.</summary>
    private CalledCode? LogicalCode(AvroSchema schema)
    {
        if (schema.LogicalType is not { } logical || (schema.Attributes.TryGetValue("csharpRaw", out var raw) && raw is JsonBoolean { Value: true }))
            return null;
        var size = (schema as FixedSchema)?.Size ?? 0;
        return logical.Kind switch
        {
            LogicalTypeKind.Decimal => OfDecimal(logical, size),
            LogicalTypeKind.Uuid => Called(names.Known("Guid"), size == 0 ? "UuidString" : "UuidFixed") with { IsCompiledInPlace = false },
            LogicalTypeKind.Date => Called(names.Known("DateOnly"), "Date", ApacheForm.Date),
            LogicalTypeKind.TimeMillis => Called(names.Known("TimeOnly"), "TimeMillis", ApacheForm.Time),
            LogicalTypeKind.TimeMicros => Called(names.Known("TimeOnly"), "TimeMicros", ApacheForm.Time),
            LogicalTypeKind.TimestampMillis => Called(names.Known("DateTimeOffset"), "TimestampMillis", ApacheForm.Timestamp(names)),
            LogicalTypeKind.TimestampMicros => Called(names.Known("DateTimeOffset"), "TimestampMicros", ApacheForm.Timestamp(names)),
            LogicalTypeKind.LocalTimestampMillis => Called(names.Known("DateTime"), "LocalTimestampMillis", ApacheForm.LocalTimestamp(names)),
            LogicalTypeKind.LocalTimestampMicros => Called(names.Known("DateTime"), "LocalTimestampMicros", ApacheForm.LocalTimestamp(names)),
            LogicalTypeKind.Duration => Called(names.Known("AvroDuration"), "Duration", ApacheForm.Duration((FixedSchema)schema, names)) with { IsCompiledInPlace = false },
            _ => null,
        };
    }

    private CalledCode OfDecimal(LogicalType logical, int size)
    {
        var isLarge = logical.Precision > DecimalDigitsMax;
        var name = isLarge ? names.Known("AvroDecimal") : "decimal";
        var read = isLarge ? "reader.ReadLarge" : "reader.Read";
        var apache = ApacheForm.Decimal(isLarge, logical.Scale, names);
        return size == 0
            ? new CalledCode(name, $"writer.WriteDecimal({{0}}, {logical.Precision}, {logical.Scale})", $"{read}Decimal({logical.Scale})", apache) { IsCompiledInPlace = !isLarge }
            : new CalledCode(name, $"writer.WriteFixedDecimal({{0}}, {logical.Precision}, {logical.Scale}, {size})", $"{read}FixedDecimal({logical.Scale}, {size})", apache);
    }

    /// <summary>As in Streaming.Avro.Binary.DecimalCodec, which this assembly cannot reference.</summary>
    private const int DecimalDigitsMax = 28;

    private string Bytes() => $"{names.Known("ReadOnlyMemory")}<byte>";

    private static CalledCode Called(string name, string method, ApacheForm? apache = null) =>
        new(name, $"writer.Write{method}({{0}})", $"reader.Read{method}()", apache ?? ApacheForm.Same(name)) { IsCompiledInPlace = true };
}
