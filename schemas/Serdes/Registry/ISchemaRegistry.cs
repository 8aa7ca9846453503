namespace Streaming.Serdes.Registry;

/// <summary>What serializers need of a schema registry. Answers that never change (an id's schema, a schema's id) are cached.</summary>
/// <remarks>
/// Each question comes in two forms because Confluent.Kafka's consumer asks its deserializers synchronously: the synchronous form sends the
/// request on the calling thread, so that no thread of the pool waits for another.
/// All throw <see cref="RegistryException"/>; <see cref="RegistryUnavailableException"/> is the one worth trying again later.
/// </remarks>
public interface ISchemaRegistry
{
    /// <summary>The registry's address, as it appears in messages.</summary>
    string Address { get; }

    /// <summary>Registers a schema under a subject, unless it is there already, and returns its id.</summary>
    /// <param name="schema">The schema's JSON.</param>
    /// <exception cref="IncompatibleSchemaException">The subject's compatibility level does not allow it.</exception>
    int Register(string subject, string schema);

    /// <inheritdoc cref="Register"/>
    ValueTask<int> RegisterAsync(string subject, string schema, CancellationToken cancellationToken = default);

    /// <summary>The id of a schema that is registered under a subject already.</summary>
    /// <exception cref="SchemaNotRegisteredException">It is not, or the subject does not exist.</exception>
    int FindId(string subject, string schema);

    /// <inheritdoc cref="FindId"/>
    ValueTask<int> FindIdAsync(string subject, string schema, CancellationToken cancellationToken = default);

    /// <summary>The JSON of the schema with this id.</summary>
    /// <exception cref="SchemaNotRegisteredException">The registry knows no such id.</exception>
    string GetSchema(int id);

    /// <inheritdoc cref="GetSchema"/>
    ValueTask<string> GetSchemaAsync(int id, CancellationToken cancellationToken = default);

    /// <summary>Sees to it that a subject has this compatibility level of its own; asks first, and changes nothing where it has.</summary>
    /// <param name="level">As Confluent names it, such as <c>FULL_TRANSITIVE</c>.</param>
    /// <exception cref="RegistryException">The registry does not let this client change levels, or not before the subject has a schema.</exception>
    ValueTask EnsureCompatibilityAsync(string subject, string level, CancellationToken cancellationToken = default);
}

/// <summary>A schema as one version of a subject.</summary>
/// <param name="Version">Counts from 1 within the subject.</param>
/// <param name="Id">Unique in the registry; the same schema has the same id under every subject.</param>
/// <param name="Schema">The schema's JSON.</param>
public sealed record RegisteredSchema(string Subject, int Version, int Id, string Schema);

/// <summary>Whether a schema may be registered; the messages say why not.</summary>
public sealed record CompatibilityVerdict(bool IsCompatible, IReadOnlyList<string> Messages);
