using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>The C# names of all named types of a project, and how code in one place refers to a type in another.</summary>
internal sealed class TypeNames
{
    /// <summary>Types that generated code uses, with their namespaces: all of them are imported.</summary>
    private static readonly Dictionary<string, string> _known = new()
    {
        ["AvroDecimal"] = "Streaming.Avro",
        ["AvroDuration"] = "Streaming.Avro",
        ["AvroNull"] = "Streaming.Avro",
        ["DateOnly"] = "System",
        ["DateTime"] = "System",
        ["DateTimeOffset"] = "System",
        ["Guid"] = "System",
        ["IReadOnlyDictionary"] = "System.Collections.Generic",
        ["IReadOnlyList"] = "System.Collections.Generic",
        ["ReadOnlyMemory"] = "System",
        ["TimeOnly"] = "System",
    };

    private static readonly string[] _usedByName =
        ["AvroEquality", "AvroReader", "AvroRecordType", "AvroWriter", "FieldOrder", "HashCode", "IAvroRecord", "RecordSchema", "AvroRecords"];

    private readonly Dictionary<string, (string Namespace, string Name)> _byFullName = [];
    private readonly HashSet<string> _simpleNames = [];
    private readonly GeneratorOptions _options;

    public TypeNames(IReadOnlyList<NamedSchema> types, GeneratorOptions options)
    {
        _options = options;
        var succession = new Succession(types);
        var perNamespace = new Dictionary<string, HashSet<string>>();
        foreach (var type in types)
        {
            var itsNamespace = Naming.Namespace(succession.Place(type), options);
            if (!perNamespace.TryGetValue(itsNamespace, out var taken))
                perNamespace.Add(itsNamespace, taken = [.. _usedByName]);
            var name = Naming.Unique(Naming.Pascal(type.Name), taken);
            _byFullName.Add(type.FullName, (itsNamespace, name));
            _simpleNames.Add(name);
        }
    }

    public bool IsApacheReferenced => _options.IsApacheReferenced;

    /// <summary>Where the code lies that is for Apache.Avro alone.</summary>
    public string ApacheNamespace => _options.RootNamespace + ".ApacheAvro";

    public string NameOf(NamedSchema type) => _byFullName[type.FullName].Name;

    public string NamespaceOf(NamedSchema type) => _byFullName[type.FullName].Namespace;

    /// <summary>The type as code in that namespace names it, beside members of those names.</summary>
    public string Reference(NamedSchema type, string fromNamespace, ISet<string> memberNames)
    {
        var (itsNamespace, name) = _byFullName[type.FullName];
        return itsNamespace == fromNamespace && !memberNames.Contains(name) ? name : $"global::{itsNamespace}.{name}";
    }

    /// <summary>Apache.Avro finds types by the names of their schemas, by the simple one where that is all there is: true when this one has another in C#.</summary>
    public bool NeedsApacheType(NamedSchema type) =>
        type is FixedSchema || (type.Namespace.Length == 0 ? NameOf(type) != type.Name : $"{NamespaceOf(type)}.{NameOf(type)}" != type.FullName);

    /// <summary>What Apache.Avro is to find under the schema's name.</summary>
    public (string Namespace, string Name) ApacheType(NamedSchema type) =>
        (type.Namespace.Length == 0 ? ApacheNamespace : string.Join(".", type.Namespace.Split('.').Select(part => "@" + part)), "@" + type.Name);

    /// <summary>A type of .NET or of the codec; in full where a record of the project has its name.</summary>
    public string Known(string name) => _simpleNames.Contains(name) ? $"global::{_known[name]}.{name}" : name;
}
