using System.ComponentModel.DataAnnotations;

namespace Streaming.SqlSink.Database;

/// <summary>Where the sink writes. Section <c>Database</c>.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    public const string Section = "Database";

    /// <summary>A URI, <c>postgresql://user:password@host:port/database?sslmode=require</c>, or Npgsql's form, <c>Host=…;Username=…</c>.</summary>
    [Required(ErrorMessage = "Database:ConnectionString is not set. Set the environment variable Database__ConnectionString, such as postgresql://user:password@127.0.0.1:5432/streaming.")]
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema that holds the sink's tables; created when it is missing.</summary>
    [RegularExpression("^[a-z_][a-z0-9_]{0,62}$", ErrorMessage = "Database:Schema may hold lower-case letters, digits and '_', 63 at most, no digit first.")]
    public string Schema { get; set; } = "streaming";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? wrong = null;
        try
        {
            ConnectionStrings.Parse(ConnectionString);
        }
        catch (FormatException cause)
        {
            wrong = cause.Message;
        }

        return wrong is null ? [] : [new ValidationResult(wrong, [nameof(ConnectionString)])];
    }
}
