using System.ComponentModel.DataAnnotations;

namespace Streaming.Local;

/// <summary>What this process starts, and where. Section <c>Local</c>.</summary>
internal sealed class LocalOptions
{
    public const string Section = "Local";

    /// <summary>Folder of everything that is kept: <c>kafka</c>, <c>postgres</c>, <c>search</c>, and <c>local.env</c> while it runs.</summary>
    [Required]
    public string Home { get; set; } = ".streaming";

    /// <summary>Port of the broker; 0, or one that is taken: any free one.</summary>
    [Range(0, 65_535)]
    public int KafkaPort { get; set; }

    /// <inheritdoc cref="KafkaPort"/>
    [Range(0, 65_535)]
    public int RegistryPort { get; set; }

    /// <inheritdoc cref="KafkaPort"/>
    [Range(0, 65_535)]
    public int DatabasePort { get; set; }

    /// <inheritdoc cref="KafkaPort"/>
    [Range(0, 65_535)]
    public int RiskPort { get; set; }

    /// <inheritdoc cref="KafkaPort"/>
    [Range(0, 65_535)]
    public int MailPort { get; set; }

    /// <inheritdoc cref="KafkaPort"/>
    [Range(0, 65_535)]
    public int SearchPort { get; set; }

    /// <summary>Orders with a higher total are declined by the stack's risk service, whatever the currency.</summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335")]
    public decimal RiskLimit { get; set; } = 10_000;

    /// <summary>A running risk service to use instead of our own, where checks are posted; empty: start one.</summary>
    public string RiskCheckUrl { get; set; } = "";

    /// <summary>A running service to use instead of our own, where messages to customers are posted; empty: start one.</summary>
    public string MailUrl { get; set; } = "";

    /// <summary>A running Kafka to use instead of starting a broker; empty: start one.</summary>
    public string KafkaBootstrap { get; set; } = "";

    /// <summary>A running registry; empty: start one, on whichever broker it is.</summary>
    public string SchemaRegistryUrl { get; set; } = "";

    /// <summary>A running PostgreSQL, as a URI; empty: start one.</summary>
    public string DatabaseUrl { get; set; } = "";

    /// <summary>A running Elasticsearch or OpenSearch; empty: start a search node.</summary>
    public string SearchUrl { get; set; } = "";
}
