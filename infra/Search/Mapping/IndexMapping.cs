namespace Streaming.Search.Mapping;

/// <summary>What an index knows of its documents' fields. Never changed: an addition makes another one, in which known fields keep their numbers.</summary>
/// <param name="Meta">What the mapping's author noted in <c>_meta</c>, as JSON; null for nothing.</param>
internal sealed record IndexMapping(ObjectMapping Root, string? Meta)
{
    /// <summary>Fields of one document at most, as Elasticsearch's default has it: a mapping that grows with the data has no end.</summary>
    public const int FieldsMax = 1_000;

    private readonly Dictionary<string, Field> _byPath = FieldsOf(Root).ToDictionary(field => field.Path);

    public static IndexMapping Empty { get; } = new(ObjectMapping.Empty(""), Meta: null);

    public int FieldCount => _byPath.Count;

    public DynamicRule Dynamic => Root.Dynamic ?? DynamicRule.Add;

    public IEnumerable<Field> Fields => _byPath.Values.OrderBy(known => known.Number);

    public Field? Find(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The fields at or below a path: several where it is an object's.</summary>
    public IEnumerable<Field> Below(string path) =>
        _byPath.TryGetValue(path, out var field) ? [field] : _byPath.Values.Where(below => below.Path.StartsWith(path + ".", StringComparison.Ordinal));

    /// <summary>The same, refusing no field that it does not know: what was accepted once is read again by it, whatever became of the rules since.</summary>
    public IndexMapping Forgiving() => this with { Root = Forgiving(Root) };

    private static ObjectMapping Forgiving(ObjectMapping mapping) => mapping with
    {
        Dynamic = DynamicRule.Ignore,
        Entries = [.. mapping.Entries.Select(entry => entry.Object is { } inner ? new MappingEntry(entry.Name, entry.Index, null, Forgiving(inner)) : entry)],
    };

    private static IEnumerable<Field> FieldsOf(ObjectMapping mapping)
    {
        foreach (var entry in mapping.Entries)
        {
            if (entry.Object is { } inner)
            {
                foreach (var field in FieldsOf(inner))
                    yield return field;
            }
            else
            {
                yield return entry.Field!;
                foreach (var (_, sub) in entry.Field!.SubFields)
                    yield return sub;
            }
        }
    }
}
