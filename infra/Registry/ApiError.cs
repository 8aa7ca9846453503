namespace Streaming.Registry;

/// <summary>An answer other than success, with Confluent's <c>error_code</c>. Thrown, so that requests read top-down; one place turns it into HTTP.</summary>
/// <remarks>Source: Confluent Schema Registry API reference; texts as io.confluent.kafka.schemaregistry.rest.exceptions.Errors has them, because tools match on them.</remarks>
internal sealed class ApiError(int code, string message) : Exception(message)
{
    /// <summary>An HTTP status, or one followed by two digits: 40401.</summary>
    public int Code { get; } = code;

    public int Status => Code > 999 ? Code / 100 : Code;

    public static ApiError SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");

    public static ApiError VersionNotFound(int version) => new(40402, $"Version {version} not found.");

    public static ApiError SchemaNotFound() => new(40403, "Schema not found");

    public static ApiError SchemaNotFound(int id) => new(40403, $"Schema {id} not found");

    public static ApiError SubjectSoftDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");

    public static ApiError SubjectNotSoftDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static ApiError VersionSoftDeleted(string subject, int version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");

    public static ApiError VersionNotSoftDeleted(string subject, int version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static ApiError NoSubjectLevel(string subject) => new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static ApiError NoSubjectMode(string subject) => new(40409, $"Subject '{subject}' does not have subject-level mode configured");

    public static ApiError Incompatible(string subject, IEnumerable<string> messages) => new(409,
        $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", messages)}]");

    public static ApiError InvalidSchema(string why) => new(42201, why);

    public static ApiError InvalidVersion(string version) => new(42202,
        $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static ApiError InvalidLevel(string? level) => new(42203, $"Invalid compatibility level '{level}'. Valid values are none, backward, "
        + "forward, full, backward_transitive, forward_transitive, and full_transitive");

    public static ApiError InvalidMode(string? mode) => new(42204, $"Invalid mode '{mode}'. Valid values are READWRITE, READONLY, READONLY_OVERRIDE (of the registry alone) and IMPORT");

    public static ApiError NotPermitted(string why) => new(42205, why);

    public static ApiError ReferenceExists(string subject, int version) => new(
        42206, $"One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.");

    public static ApiError InvalidRuleSet(string why) => new(42210, $"Invalid rule set: {why}");

    public static ApiError Malformed(string why) => new(400, why);

    public static ApiError Store(string why) => new(50001, $"Error while storing or reading the schemas: {why}");
}
