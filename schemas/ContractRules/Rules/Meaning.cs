using Streaming.Avro.Schema;

namespace Streaming.ContractRules.Rules;

/// <summary>What Avro leaves to the schemas' authors: the same bytes must mean the same in both. A decimal of scale 4 read with scale 2 is a hundred times as much.</summary>
internal static class Meaning
{
    /// <summary>The first place where two versions read one value differently; null when there is none.</summary>
    public static string? Difference(AvroSchema one, AvroSchema other) => Difference(one, other, "", []);

    private static string? Difference(AvroSchema one, AvroSchema other, string path, HashSet<AvroSchema> seen) => (one, other) switch
    {
        _ when Text(one.LogicalType) != Text(other.LogicalType) => $"{path.TrimStart('.')} is {Text(one.LogicalType)} in one and {Text(other.LogicalType)} in the other",
        (RecordSchema a, RecordSchema b) => !seen.Add(a) ? null : a.Fields
            .Select(field => b.Find(field.Name) is { } same ? Difference(field.Schema, same.Schema, $"{path}.{field.Name}", seen) : null)
            .FirstOrDefault(found => found is not null),
        (ArraySchema a, ArraySchema b) => Difference(a.Items, b.Items, path + "[]", seen),
        (MapSchema a, MapSchema b) => Difference(a.Values, b.Values, path + "{}", seen),
        (UnionSchema a, UnionSchema b) => a.Branches
            .Select(branch => b.Branches.FirstOrDefault(same => same.TypeName == branch.TypeName) is { } same ? Difference(branch, same, path, seen) : null)
            .FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static string Text(LogicalType? logical) => logical switch
    {
        null => "a plain value",
        { Kind: LogicalTypeKind.Decimal } => $"decimal({logical.Precision}, {logical.Scale})",
        _ => $"{logical.Kind}",
    };
}
