using System.Diagnostics;
using System.Text.Json;
using Streaming.Avro.Schema;

namespace Streaming.Serdes.Registry;

/// <summary>A schema registry's Confluent API over HTTP. Safe for use by many threads; one per registry and process is enough.</summary>
/// <remarks>Source: Confluent Schema Registry API reference. Avro only. Schemas are sent without references; what refers to others comes back with their types in it.</remarks>
public sealed class SchemaRegistryClient : ISchemaRegistry, IDisposable
{
    private const int ReferencesMax = 1_000;

    private readonly RegistryHttp _http;
    private readonly BoundedCache<int, string> _schemas;
    private readonly BoundedCache<(string Subject, string Schema), int> _registered;

    /// <param name="handler">For tests and proxies; the client disposes it. Null: .NET's own.</param>
    public SchemaRegistryClient(SchemaRegistryOptions options, HttpMessageHandler? handler = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _http = new RegistryHttp(options, handler, time ?? TimeProvider.System);
        _schemas = new(options.CachedSchemasMax);
        _registered = new(options.CachedSchemasMax);
    }

    public SchemaRegistryClient(string url)
        : this(new SchemaRegistryOptions { Url = url })
    {
    }

    public string Address => _http.Address;

    public int Register(string subject, string schema) => Completed(RegisterAsync(subject, schema, async: false, default));

    public ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken = default) =>
        RegisterAsync(subject, schema, async: true, cancellationToken);

    public int FindId(string subject, string schema) => Completed(FindIdAsync(subject, schema, async: false, default));

    public ValueTask<int> FindIdAsync(string subject, string schema, CancellationToken cancellationToken = default) =>
        FindIdAsync(subject, schema, async: true, cancellationToken);

    public string GetSchema(int id) => Completed(GetSchemaAsync(id, async: false, default));

    public ValueTask<string> GetSchemaAsync(int id, CancellationToken cancellationToken = default) =>
        GetSchemaAsync(id, async: true, cancellationToken);

    /// <summary>The version and id of a schema under a subject, asked anew each time.</summary>
    /// <exception cref="SchemaNotRegisteredException">The subject has no such schema, or does not exist.</exception>
    public ValueTask<RegisteredSchema> LookUpAsync(string subject, string schema, CancellationToken cancellationToken = default) =>
        LookUpAsync(subject, schema, async: true, cancellationToken);

    /// <summary>All subjects with at least one version, in no particular order.</summary>
    public async Task<IReadOnlyList<string>> GetSubjectsAsync(CancellationToken cancellationToken = default) => await _http.SendAsync(
        HttpMethod.Get, "/subjects", null, RegistryJson.Default.StringArray, "listing subjects", async: true, cancellationToken);

    /// <summary>A subject's versions, oldest first.</summary>
    public async Task<IReadOnlyList<int>> GetVersionsAsync(string subject, CancellationToken cancellationToken = default) => await _http.SendAsync(
        HttpMethod.Get, $"{Path(subject)}/versions", null, RegistryJson.Default.Int32Array, $"listing the versions of {subject}", async: true, cancellationToken);

    /// <param name="version">Counts from 1; null for the latest.</param>
    public async Task<RegisteredSchema> GetVersionAsync(string subject, int? version = null, CancellationToken cancellationToken = default)
    {
        var wanted = version?.ToString() ?? "latest";
        return await _http.SendAsync(HttpMethod.Get, $"{Path(subject)}/versions/{wanted}", null,
            RegistryJson.Default.RegisteredSchema, $"looking up version {wanted} of {subject}", async: true, cancellationToken);
    }

    /// <summary>Whether the subject's compatibility level lets this schema follow its versions. True for a subject without versions.</summary>
    public async Task<CompatibilityVerdict> CheckCompatibilityAsync(string subject, string schema, CancellationToken cancellationToken = default)
    {
        try
        {
            var verdict = await _http.SendAsync(HttpMethod.Post, $"/compatibility{Path(subject)}/versions?verbose=true", Body(schema),
                RegistryJson.Default.VerdictAnswer, $"checking a schema against {subject}", async: true, cancellationToken);
            return new(verdict.IsCompatible, verdict.Messages ?? []);
        }
        catch (SchemaNotRegisteredException)
        {
            // Apicurio answers 404 for a new subject, where Confluent says true.
            return new(IsCompatible: true, []);
        }
    }

    /// <summary>Sets a subject's compatibility level, or with null the registry's own, as Confluent names it: <c>FULL_TRANSITIVE</c>.</summary>
    public async Task SetCompatibilityAsync(string? subject, string level, CancellationToken cancellationToken = default)
    {
        var body = JsonSerializer.Serialize(new CompatibilityBody(Compatibility: level), RegistryJson.Default.CompatibilityBody);
        await _http.SendAsync(HttpMethod.Put, ConfigPath(subject), body, RegistryJson.Default.CompatibilityBody,
            $"setting the compatibility of {subject ?? "all subjects"} to {level}", async: true, cancellationToken);
    }

    public async ValueTask EnsureCompatibilityAsync(string subject, string level, CancellationToken cancellationToken = default)
    {
        if (!level.Equals(await FindCompatibilityAsync(subject, cancellationToken), StringComparison.OrdinalIgnoreCase))
            await SetCompatibilityAsync(subject, level, cancellationToken);
    }

    /// <summary>A subject's compatibility level, the registry's own where it has none, or where <paramref name="subject"/> is null.</summary>
    public async Task<string> GetCompatibilityAsync(string? subject, CancellationToken cancellationToken = default)
    {
        // Asked in two steps because not every registry knows the parameter defaultToGlobal.
        var level = subject is null ? null : await FindCompatibilityAsync(subject, cancellationToken);
        return level ?? await FindCompatibilityAsync(null, cancellationToken)
            ?? throw new RegistryException($"{Address} told no compatibility level for {subject ?? "all subjects"}.");
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<int> RegisterAsync(string subject, string schema, bool async, CancellationToken cancellationToken)
    {
        if (_registered.TryGet((subject, schema), out var known))
            return known;
        var answer = await _http.SendAsync(HttpMethod.Post, $"{Path(subject)}/versions", Body(schema),
            RegistryJson.Default.IdAnswer, $"registering a schema under {subject}", async, cancellationToken);
        return _registered.Add((subject, schema), answer.Id);
    }

    private async ValueTask<int> FindIdAsync(string subject, string schema, bool async, CancellationToken cancellationToken)
    {
        if (_registered.TryGet((subject, schema), out var known))
            return known;
        var found = await LookUpAsync(subject, schema, async, cancellationToken);
        return _registered.Add((subject, schema), found.Id);
    }

    /// <summary>Null where the subject has none of its own.</summary>
    private async Task<string?> FindCompatibilityAsync(string? subject, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _http.SendAsync(HttpMethod.Get, ConfigPath(subject), null, RegistryJson.Default.CompatibilityBody,
                $"reading the compatibility of {subject ?? "all subjects"}", async: true, cancellationToken);
            return answer.CompatibilityLevel ?? answer.Compatibility;
        }
        catch (SchemaNotRegisteredException) when (subject is not null)
        {
            return null;
        }
    }

    private ValueTask<RegisteredSchema> LookUpAsync(string subject, string schema, bool async, CancellationToken cancellationToken) => _http.SendAsync(
        HttpMethod.Post, Path(subject), Body(schema), RegistryJson.Default.RegisteredSchema, $"looking up a schema under {subject}", async, cancellationToken);

    private async ValueTask<string> GetSchemaAsync(int id, bool async, CancellationToken cancellationToken)
    {
        if (_schemas.TryGet(id, out var known))
            return known;
        var answer = await _http.SendAsync(HttpMethod.Get, $"/schemas/ids/{id}", null,
            RegistryJson.Default.SchemaBody, $"looking up schema id {id}", async, cancellationToken);
        if (answer.SchemaType is not (null or "AVRO"))
            throw new RegistryException($"{Address}: schema id {id} is {answer.SchemaType}, not Avro.");
        return _schemas.Add(id, answer.References is { Length: > 0 } ? await SelfContainedAsync(id, answer, async, cancellationToken) : answer.Schema);
    }

    // Readers want one schema that stands for itself, whoever wrote it.
    private async ValueTask<string> SelfContainedAsync(int id, SchemaBody schema, bool async, CancellationToken cancellationToken)
    {
        var parser = new SchemaParser();
        try
        {
            await ReadReferencesAsync(schema, parser, [], async, cancellationToken);
            return parser.Parse(schema.Schema).ToString();
        }
        catch (InvalidSchemaException cause)
        {
            throw new RegistryException($"{Address}: schema id {id} with what it refers to is no Avro schema: {cause.Message}", cause: cause);
        }
    }

    private async ValueTask ReadReferencesAsync(SchemaBody schema, SchemaParser parser, HashSet<SchemaReference> seen, bool async, CancellationToken cancellationToken)
    {
        foreach (var reference in schema.References ?? [])
        {
            if (!seen.Add(reference with { Name = null }))
                continue;
            if (seen.Count > ReferencesMax)
                throw new RegistryException($"{Address}: more than {ReferencesMax} schemas refer to one another.");
            var found = await _http.SendAsync(HttpMethod.Get, $"{Path(reference.Subject ?? "")}/versions/{reference.Version}?deleted=true", null,
                RegistryJson.Default.SchemaBody, $"looking up version {reference.Version} of {reference.Subject}", async, cancellationToken);
            await ReadReferencesAsync(found, parser, seen, async, cancellationToken);
            parser.Parse(found.Schema);
        }
    }

    private static string Path(string subject) => $"/subjects/{Uri.EscapeDataString(subject)}";

    private static string ConfigPath(string? subject) => subject is null ? "/config" : $"/config/{Uri.EscapeDataString(subject)}";

    private static string Body(string schema) => JsonSerializer.Serialize(new SchemaBody(schema), RegistryJson.Default.SchemaBody);

    /// <summary>The result of a call made with <c>async: false</c>, which never left this thread.</summary>
    private static T Completed<T>(ValueTask<T> call)
    {
        Debug.Assert(call.IsCompleted, "A synchronous request must not have been awaited.");
        return call.GetAwaiter().GetResult();
    }
}
