using Streaming.Serdes.Registry;

namespace Streaming.Serdes.Tests;

/// <summary>A registry in memory whose ids the test chooses; counts what it is asked.</summary>
internal sealed class KnownSchemas : ISchemaRegistry
{
    private readonly Dictionary<int, string> _schemas = [];
    private int _nextId = 1;

    public string Address => "http://registry.test";

    public int Questions { get; private set; }

    public List<string> Subjects { get; } = [];

    public KnownSchemas With(int id, string schema)
    {
        _schemas[id] = schema;
        return this;
    }

    /// <summary>The id that the next schema gets.</summary>
    public KnownSchemas NextId(int id)
    {
        _nextId = id;
        return this;
    }

    public int Register(string subject, string schema)
    {
        Questions++;
        Subjects.Add(subject);
        _schemas[_nextId] = schema;
        return _nextId++;
    }

    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken = default) => new(Register(subject, schema));

    public int FindId(string subject, string schema)
    {
        Questions++;
        Subjects.Add(subject);
        return _schemas.FirstOrDefault(known => known.Value == schema).Key is > 0 and var id
            ? id
            : throw new SchemaNotRegisteredException($"{subject} has no such schema.", null, 40403);
    }

    public ValueTask<int> FindIdAsync(string subject, string schema, CancellationToken cancellationToken = default) => new(FindId(subject, schema));

    public string GetSchema(int id)
    {
        Questions++;
        return _schemas.TryGetValue(id, out var schema) ? schema : throw new SchemaNotRegisteredException($"Schema {id} not found", null, 40403);
    }

    public ValueTask<string> GetSchemaAsync(int id, CancellationToken cancellationToken = default) => new(GetSchema(id));

    public ValueTask EnsureCompatibilityAsync(string subject, string level, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
