using System.ComponentModel.DataAnnotations;

namespace Streaming.Serdes.Registry;

/// <summary>How the registry is reached.</summary>
public sealed class SchemaRegistryOptions
{
    public const string Section = "SchemaRegistry";

    /// <summary>Base address of a registry with the Confluent API, such as <c>http://127.0.0.1:8081</c>.</summary>
    [Required(ErrorMessage = "SchemaRegistry:Url is not set. Set the environment variable SchemaRegistry__Url, such as http://127.0.0.1:8081.")]
    public string Url { get; set; } = "";

    /// <summary>For HTTP basic authentication; empty: none.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>How long one attempt may take. A consumer's loop stands still as long when it meets a new schema id.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Further attempts after a failed connection or a server error. More bridges longer restarts of the registry.</summary>
    [Range(0, 20)]
    public int RetriesMax { get; set; } = 3;

    /// <summary>Wait before the first retry; doubles with each.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Most schemas remembered by id, and as many by subject. Beyond, the memory starts anew.</summary>
    [Range(1, 1_000_000)]
    public int CachedSchemasMax { get; set; } = 10_000;
}
