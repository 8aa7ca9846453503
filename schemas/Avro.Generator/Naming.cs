using System.Text;

namespace Streaming.Avro.Generator;

/// <summary>Names of Avro as names of C#: parts in PascalCase, namespaces by the project's map.</summary>
internal static class Naming
{
    /// <summary>Members that every record has, or that C# keeps for itself.</summary>
    private static readonly HashSet<string> _taken =
    [
        "Clone", "Decode", "Deconstruct", "Encode", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone",
        "PrintMembers", "RecordType", "ReferenceEquals", "ToString",
    ];

    /// <summary><c>occurredAt</c> and <c>occurred_at</c> become <c>OccurredAt</c>.</summary>
    public static string Pascal(string name)
    {
        var pascal = new StringBuilder();
        foreach (var part in name.Split('_').Where(part => part.Length > 0))
            pascal.Append(char.ToUpperInvariant(part[0])).Append(part.Substring(1));
        if (pascal.Length == 0 || char.IsDigit(pascal[0]))
            pascal.Insert(0, '_');
        return pascal.ToString();
    }

    /// <summary>A name for a member that neither its type nor another member has.</summary>
    public static string Member(string avroName, string typeName, ISet<string> others)
    {
        var name = Pascal(avroName);
        if (name == typeName || _taken.Contains(name))
            name += "Value";
        return Unique(name, others);
    }

    /// <summary>The name, with underscores behind it until it is new; adds it to the others.</summary>
    public static string Unique(string name, ISet<string> others)
    {
        while (!others.Add(name))
            name += "_";
        return name;
    }

    /// <summary>The namespace by the longest prefix of the map, its other parts in PascalCase.</summary>
    public static string Namespace(string avroNamespace, GeneratorOptions options)
    {
        if (avroNamespace.Length == 0)
            return options.RootNamespace;
        var parts = avroNamespace.Split('.');
        for (var known = parts.Length; known > 0; known--)
        {
            if (options.Namespaces.TryGetValue(string.Join(".", parts.Take(known)), out var mapped))
                return string.Join(".", new[] { mapped }.Concat(parts.Skip(known).Select(Pascal)));
        }
        return string.Join(".", parts.Select(Pascal));
    }
}
