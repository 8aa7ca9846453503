namespace Streaming.Search.Mapping;

/// <summary>The types of Elasticsearch that this node knows.</summary>
internal enum FieldType
{
    Keyword, Text, Long, Integer, Short, Byte, Double, Float, ScaledFloat, Boolean, Date,
}

/// <summary>How a field's values lie in a segment.</summary>
internal enum Storage
{
    /// <summary>Whole values as terms, with the documents of each, and the terms of each document.</summary>
    Terms,

    /// <summary>Words with their positions.</summary>
    Words,

    /// <summary>64 bit numbers that order as the values do.</summary>
    Numbers,
}

/// <summary>A field that documents may have.</summary>
/// <param name="Number">Its place among the fields of its index; it never changes.</param>
/// <param name="Path">With dots between the names: <c>lines.sku</c>, or <c>name.raw</c> for a field within a field.</param>
/// <param name="IsIndexed">It can be asked for.</param>
/// <param name="HasDocValues">It can be sorted by and summed up.</param>
/// <param name="IgnoreAbove">Longer values of a keyword are stored, but not indexed.</param>
/// <param name="ScalingFactor">Of scaled_float: values are rounded to whole multiples of its inverse.</param>
internal sealed record Field(
    int Number, string Path, FieldType Type, bool IsIndexed = true, bool HasDocValues = true, int IgnoreAbove = int.MaxValue, double ScalingFactor = 1)
{
    /// <summary>Fields that get the same values, by name.</summary>
    public IReadOnlyList<(string Name, Field Field)> SubFields { get; init; } = [];

    public Storage Storage => Type switch
    {
        FieldType.Keyword => Storage.Terms,
        FieldType.Text => Storage.Words,
        _ => Storage.Numbers,
    };

    public bool IsWholeNumber => Type is FieldType.Long or FieldType.Integer or FieldType.Short or FieldType.Byte;

    public bool IsFraction => Type is FieldType.Double or FieldType.Float or FieldType.ScaledFloat;
}

/// <summary>Names of types as mappings have them.</summary>
internal static class FieldTypes
{
    private static readonly Dictionary<string, FieldType> s_byName = new()
    {
        ["keyword"] = FieldType.Keyword,
        ["text"] = FieldType.Text,
        ["long"] = FieldType.Long,
        ["integer"] = FieldType.Integer,
        ["short"] = FieldType.Short,
        ["byte"] = FieldType.Byte,
        ["double"] = FieldType.Double,
        ["float"] = FieldType.Float,
        ["scaled_float"] = FieldType.ScaledFloat,
        ["boolean"] = FieldType.Boolean,
        ["date"] = FieldType.Date,
    };

    private static readonly Dictionary<FieldType, string> s_names = s_byName.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static bool TryParse(string name, out FieldType type) => s_byName.TryGetValue(name, out type);

    public static string NameOf(FieldType type) => s_names[type];
}
