using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>The named types of all <c>.avsc</c> files of a project. A file may refer to a type that another defines, and may repeat its definition.</summary>
/// <remarks>Of files with one name and several versions the newest defines the type; the earlier ones are kept as its history.</remarks>
internal sealed class SchemaSet
{
    private readonly Dictionary<string, SchemaFile> _definedIn = [];
    private readonly Dictionary<string, NamedSchema> _named = [];
    private readonly HashSet<SchemaFile> _beingRead = [];
    private readonly HashSet<SchemaFile> _read = [];
    private readonly Dictionary<string, List<AvroSchema>> _earlier = [];

    private SchemaSet(IReadOnlyList<SchemaFile> files)
    {
        var earlier = new List<(string Name, SchemaFile File)>();
        foreach (var named in files.GroupBy(TopName).Where(named => named.Key is not null))
        {
            var newest = named.Max(file => file.Version);
            _definedIn.Add(named.Key!, named.First(file => file.Version == newest));
            earlier.AddRange(named.Where(file => file.Version < newest).OrderBy(file => file.Version).Select(file => (named.Key!, file)));
        }
        foreach (var file in files.Except(earlier.Select(version => version.File)))
            Read(file);
        foreach (var (name, file) in earlier)
            ReadEarlier(name, file);
    }

    /// <summary>Every named type once, by full name.</summary>
    public IEnumerable<NamedSchema> Types => _named.Values.OrderBy(schema => schema.FullName, StringComparer.Ordinal);

    public List<(SchemaFile File, string Problem)> Problems { get; } = [];

    /// <summary>The versions of a type before the newest, oldest first.</summary>
    public IReadOnlyList<AvroSchema> EarlierVersions(NamedSchema type) => _earlier.TryGetValue(type.FullName, out var versions) ? versions : [];

    public static SchemaSet Of(IReadOnlyList<SchemaFile> files) => new(files);

    private void Read(SchemaFile file)
    {
        if (_read.Contains(file) || !_beingRead.Add(file))
            return;
        try
        {
            Collect(new SchemaParser(FindElsewhere).Parse(file.Text), []);
        }
        catch (InvalidSchemaException invalid)
        {
            Problems.Add((file, invalid.Message));
        }
        _beingRead.Remove(file);
        _read.Add(file);
    }

    // On its own: types that it defines within itself may be others by now.
    private void ReadEarlier(string name, SchemaFile file)
    {
        try
        {
            if (!_earlier.TryGetValue(name, out var versions))
                _earlier.Add(name, versions = []);
            versions.Add(new SchemaParser(FindElsewhere).Parse(file.Text));
        }
        catch (InvalidSchemaException invalid)
        {
            Problems.Add((file, invalid.Message));
        }
    }

    private NamedSchema? FindElsewhere(string fullName)
    {
        if (!_named.ContainsKey(fullName) && _definedIn.TryGetValue(fullName, out var file))
            Read(file);
        return _named.TryGetValue(fullName, out var schema) ? schema : null;
    }

    private void Collect(AvroSchema schema, HashSet<NamedSchema> seen)
    {
        if (schema is NamedSchema named)
        {
            if (!seen.Add(named))
                return;
            if (!_named.TryGetValue(named.FullName, out var known))
                _named.Add(named.FullName, named);
            else if (known != named && known.ToString() != named.ToString())
                throw new InvalidSchemaException($"{named.FullName} is defined differently in another file.");
        }
        foreach (var part in Parts(schema))
            Collect(part, seen);
    }

    private static IEnumerable<AvroSchema> Parts(AvroSchema schema) => schema switch
    {
        RecordSchema record => record.Fields.Select(field => field.Schema),
        ArraySchema array => [array.Items],
        MapSchema map => [map.Values],
        UnionSchema union => union.Branches,
        _ => [],
    };

    /// <summary>The full name that a file's outermost type has; null when the file is broken, which shows when it is read.</summary>
    private static string? TopName(SchemaFile file)
    {
        try
        {
            return JsonReader.Read(file.Text) is JsonObject top && top.Find("name") is JsonString name
                ? SchemaNames.Qualify(name.Value, (top.Find("namespace") as JsonString)?.Value ?? "")
                : null;
        }
        catch (InvalidSchemaException)
        {
            return null;
        }
    }
}
