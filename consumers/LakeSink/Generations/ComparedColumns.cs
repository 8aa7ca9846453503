using Streaming.Lake.Delta;

namespace Streaming.LakeSink.Generations;

/// <summary>Which columns of a table can be compared between two generations, and which can't.</summary>
/// <param name="Paths">Leaves that both have with the same type, as files name them, in a fixed order. Whether one may be null is no difference: that follows from
/// which version of a record came first.</param>
/// <param name="Differences">The others, in words.</param>
internal sealed record ComparedColumns(IReadOnlyList<string> Paths, IReadOnlyList<string> Differences)
{
    /// <summary>A table that only one generation has is compared, with nothing, by all its columns.</summary>
    public static ComparedColumns Of(TableView? left, TableView? right, int leftNumber, int rightNumber)
    {
        var ours = LeavesOf(left ?? right!);
        var theirs = LeavesOf(right ?? left!);
        var (same, others) = (new List<string>(), new List<string>());
        foreach (var path in ours.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal))
        {
            switch (ours.GetValueOrDefault(path), theirs.GetValueOrDefault(path))
            {
                case ({ } leaf, null): others.Add($"{leaf.Name} ({leaf.Type}) is in generation {leftNumber} only"); break;
                case (null, { } leaf): others.Add($"{leaf.Name} ({leaf.Type}) is in generation {rightNumber} only"); break;
                case ({ } leaf, { } other) when leaf.Type != other.Type:
                    others.Add($"{leaf.Name} is {leaf.Type} in generation {leftNumber} and {other.Type} in generation {rightNumber}");
                    break;
                default: same.Add(path); break;
            }
        }
        return new(same, others);
    }

    /// <summary>What people call the column that files name so: <c>lines[].sku</c> for <c>lines.list.element.sku</c>.</summary>
    public static string NameOf(string path) => path.Replace(".list.element", "[]", StringComparison.Ordinal);

    private static Dictionary<string, Leaf> LeavesOf(TableView table) => table.Metadata.Schema.Fields
        .Where(field => !table.Metadata.PartitionColumns.Contains(field.Name))
        .SelectMany(field => LeavesOf(field.Name, field.Type)).ToDictionary(leaf => leaf.Path);

    private static IEnumerable<Leaf> LeavesOf(string path, DeltaType type) => type switch
    {
        StructType members => members.Fields.SelectMany(field => LeavesOf($"{path}.{field.Name}", field.Type)),
        ArrayType array => LeavesOf($"{path}.list.element", array.Element),
        _ => [new(path, type.ToString())],
    };

    private sealed record Leaf(string Path, string Type)
    {
        public string Name => NameOf(Path);
    }
}
