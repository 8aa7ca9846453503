using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>How a value looks to Apache.Avro's specific reader and writer.</summary>
/// <param name="Test">An expression that is true when the object in <c>{0}</c> is such a value: what tells the branches of a union apart.</param>
/// <param name="There">Their value, of ours in <c>{0}</c>.</param>
/// <param name="Here">Ours, of theirs in <c>{0}</c>, an object.</param>
internal sealed record ApacheForm(string Test, string There, string Here)
{
    public static readonly ApacheForm Null = new("{0} is null", "null", "default");

    public static readonly ApacheForm Date = OfType("global::System.DateTime", "{0}.ToDateTime(global::System.TimeOnly.MinValue)", "global::System.DateOnly.FromDateTime((global::System.DateTime){0})");

    public static readonly ApacheForm Time = OfType("global::System.TimeSpan", "{0}.ToTimeSpan()", "global::System.TimeOnly.FromTimeSpan((global::System.TimeSpan){0})");

    public static ApacheForm Same(string type) => OfType(type, "{0}", $"({type}){{0}}");

    public static ApacheForm Bytes(string type) => OfType("byte[]", "{0}.ToArray()", $"new {type}((byte[]){{0}})");

    public static ApacheForm Record(string type, TypeNames names) =>
        new($"{Values(names)}.IsRecord<{type}>({{0}})", "{0}", $"{Values(names)}.Record<{type}>({{0}})");

    /// <summary>Their reader has a symbol as its number, whatever the union's other branches are.</summary>
    public static ApacheForm Enum(string type) => new("{0} is int or global::System.Enum", "{0}", $"({type})(int){{0}}");

    public static ApacheForm Fixed(FixedSchema schema, TypeNames names)
    {
        var type = Type(schema, names);
        return OfType(type, $"{Values(names)}.Fixed<{type}>({{0}})", $"new {names.Known("ReadOnlyMemory")}<byte>({Value})");
    }

    /// <summary>They know no durations: the twelve bytes of one.</summary>
    public static ApacheForm Duration(FixedSchema schema, TypeNames names)
    {
        var type = Type(schema, names);
        return OfType(type, $"{Values(names)}.Duration<{type}>({{0}})", $"{Values(names)}.Duration({Value})");
    }

    public static ApacheForm Timestamp(TypeNames names) => OfType("global::System.DateTime", "{0}.UtcDateTime", $"{Values(names)}.Timestamp({{0}})");

    public static ApacheForm LocalTimestamp(TypeNames names) =>
        OfType("global::System.DateTime", $"{Values(names)}.FromLocalTimestamp({{0}})", $"{Values(names)}.LocalTimestamp({{0}})");

    public static ApacheForm Decimal(bool isLarge, int scale, TypeNames names) =>
        OfType("global::Avro.AvroDecimal", isLarge ? $"{Values(names)}.FromLarge({{0}})" : $"{Values(names)}.FromDecimal({{0}}, {scale})", $"{Values(names)}.{(isLarge ? "Large" : "Decimal")}({{0}})");

    /// <summary>The class with what generated code calls.</summary>
    public static string Values(TypeNames names) => $"global::{names.ApacheNamespace}.Values";

    private const string Value = "((global::Avro.Generic.GenericFixed){0}).Value";

    private static string Type(FixedSchema schema, TypeNames names)
    {
        var (itsNamespace, name) = names.ApacheType(schema);
        return $"global::{itsNamespace}.{name}";
    }

    private static ApacheForm OfType(string type, string there, string here) => new($"{{0}} is {type}", there, here);
}
