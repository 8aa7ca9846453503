using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Avro.Schema;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Streaming.ContractRules.Files;

/// <summary>All schemas below a folder. A file may refer to a type that another defines.</summary>
internal sealed class ContractFolder
{
    private readonly Dictionary<string, string> _fileOfName = [];
    private readonly Dictionary<string, NamedSchema> _parsed = [];
    private readonly HashSet<string> _beingRead = [];

    private ContractFolder(string root)
    {
        Root = root;
        var paths = Directory.EnumerateFiles(root, "*" + ContractFile.Extension, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Order(StringComparer.Ordinal).ToList();
        foreach (var path in paths)
        {
            if (TopName(path) is { } name)
                _fileOfName.TryAdd(name, path);
        }
        var files = new List<ContractFile>();
        foreach (var path in paths)
        {
            if (Parse(path) is { } schema)
                files.Add(new ContractFile(path, ContractFile.Hash(File.ReadAllBytes(At(path))), schema));
        }
        Records = [.. files.GroupBy(file => file.Schema.FullName).OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => new ContractRecord(same.Key, [.. same.OrderBy(file => file.Version)]))];
    }

    public string Root { get; }

    /// <summary>By full name.</summary>
    public IReadOnlyList<ContractRecord> Records { get; }

    public IEnumerable<ContractFile> Files => Records.SelectMany(record => record.Versions);

    /// <summary>Full names that a file takes from another file, with those that do.</summary>
    public Dictionary<string, SortedSet<string>> Referrers { get; } = [];

    /// <summary>Files that are no schema at all.</summary>
    public List<Finding> Broken { get; } = [];

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ContractFolder Read(string root) => new(Path.GetFullPath(root));

    public string At(string path) => Path.Combine(Root, path);

    private NamedSchema? Parse(string path)
    {
        if (_parsed.TryGetValue(path, out var known) || !_beingRead.Add(path))
            return known;
        try
        {
            var schema = new SchemaParser(name => Find(name, path)).Parse(Text(path)) as NamedSchema
                ?? throw new InvalidSchemaException("it defines no named type");
            return _parsed[path] = schema;
        }
        catch (InvalidSchemaException invalid)
        {
            Broken.Add(new("schema", path, $"No Avro schema: {invalid.Message.TrimEnd('.')}.", "Correct it; if it was published, restore it (git checkout)."));
            return null;
        }
        finally
        {
            _beingRead.Remove(path);
        }
    }

    private NamedSchema? Find(string fullName, string by)
    {
        if (!_fileOfName.TryGetValue(fullName, out var path) || path == by)
            return null;
        if (!Referrers.TryGetValue(fullName, out var referrers))
            Referrers.Add(fullName, referrers = []);
        referrers.Add(by);
        return Parse(path);
    }

    private string Text(string path) => File.ReadAllText(At(path), Encoding.UTF8);

    private string? TopName(string path)
    {
        try
        {
            var top = JsonNode.Parse(Text(path)) as JsonObject;
            var (name, itsNamespace) = ((string?)top?["name"], (string?)top?["namespace"]);
            return name is null || name.Contains('.') || itsNamespace is null ? name : $"{itsNamespace}.{name}";
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;    // Told when it is parsed.
        }
    }
}
