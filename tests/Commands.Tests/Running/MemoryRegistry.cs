using System.Collections.Concurrent;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Tests.Running;

/// <summary>A schema registry that is a dictionary, and can be unavailable.</summary>
internal sealed class MemoryRegistry : ISchemaRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ids = [];
    private readonly ConcurrentDictionary<int, string> _schemas = new();
    private int _askedInVain;

    public bool IsAvailable { get; set; } = true;

    /// <summary>Registers, and finds nothing.</summary>
    public bool RefusesSchemas { get; set; }

    public int AskedInVain => _askedInVain;

    public string Address => "memory";

    public int Register(string subject, string schema)
    {
        ThrowIfUnavailable();
        // One at a time: hosts that start together would give the same id to two schemas.
        lock (_gate)
        {
            if (!_ids.TryGetValue(schema, out var id))
                _ids[schema] = id = _ids.Count + 1;
            _schemas[id] = schema;
            return id;
        }
    }

    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken = default) => new(Register(subject, schema));

    public int FindId(string subject, string schema) => Register(subject, schema);

    public ValueTask<int> FindIdAsync(string subject, string schema, CancellationToken cancellationToken = default) => new(FindId(subject, schema));

    public string GetSchema(int id)
    {
        ThrowIfUnavailable();
        if (RefusesSchemas)
            throw new RegistryUnavailableException("away", null, 0, null);
        return _schemas.TryGetValue(id, out var schema) ? schema : throw new SchemaNotRegisteredException($"no schema {id}", null, 40403);
    }

    public ValueTask<string> GetSchemaAsync(int id, CancellationToken cancellationToken = default) => new(GetSchema(id));

    /// <summary>Subjects with a level of their own.</summary>
    public ConcurrentDictionary<string, string> Levels { get; } = new();

    /// <summary>Thrown when a level is to be set.</summary>
    public RegistryException? Refusal { get; set; }

    public ValueTask EnsureCompatibilityAsync(string subject, string level, CancellationToken cancellationToken = default)
    {
        ThrowIfUnavailable();
        if (Refusal is { } refusal)
            throw refusal;
        Levels[subject] = level;
        return ValueTask.CompletedTask;
    }

    private void ThrowIfUnavailable()
    {
        if (IsAvailable)
            return;
        Interlocked.Increment(ref _askedInVain);
        throw new RegistryUnavailableException("away", null, 0, null);
    }
}
