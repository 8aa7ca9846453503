using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Streaming.Sinks.Sql.Database;

/// <summary>Where the sink writes. Section <c>Database</c>.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    public const string Section = "Database";

    /// <summary>A URI, <c>postgresql://user:password@host:port/database?sslmode=require</c>, or Npgsql's form, <c>Host=…;Username=…</c>.</summary>
    [Required(ErrorMessage = "Database:ConnectionString is not set. Set the environment variable Database__ConnectionString, such as postgresql://user:password@127.0.0.1:5432/streaming.")]
    public string ConnectionString { get; set; } = "";

    /// <summary>The schema that holds the sink's tables; created when it is missing. Further generations and what readers see are named after it.</summary>
    [RegularExpression("^[a-z_][a-z0-9_]{0,50}$", ErrorMessage = "Database:Schema may hold lower-case letters, digits and '_', 51 at most, no digit first.")]
    public string Schema { get; set; } = "streaming";

    /// <summary>Which generation of the tables this host writes: 1 in <see cref="Schema"/> itself, n in a schema beside it.</summary>
    [Range(1, 9_999)]
    public int Generation { get; set; } = 1;

    /// <summary>Holds the tables that this host writes.</summary>
    internal string WrittenSchema => SchemaOf(Generation);

    /// <summary>Holds views of the generation that readers see.</summary>
    internal string ReadSchema => Schema + "_current";

    /// <summary>The same for another generation.</summary>
    internal DatabaseOptions Of(int generation) => new() { ConnectionString = ConnectionString, Schema = Schema, Generation = generation };

    internal string SchemaOf(int generation) => generation == 1 ? Schema : string.Create(CultureInfo.InvariantCulture, $"{Schema}_g{generation}");

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
