using System.ComponentModel.DataAnnotations;

namespace Streaming.Registry;

/// <summary>Where the registry listens, and where it keeps its schemas.</summary>
public sealed class RegistryServerOptions
{
    public const string Section = "Registry";

    /// <summary>Port 0 asks the system for a free one. Outside loopback only with <see cref="Password"/>.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>The Kafka cluster that holds the schemas: <c>host:port</c>, comma separated.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>The compacted topic, of one partition, that holds the schemas. One registry per topic.</summary>
    [Required]
    public string Topic { get; set; } = "_schemas";

    /// <summary>Copies of the topic when it is created; -1: the cluster's default.</summary>
    [Range(-1, short.MaxValue)]
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>How long one write may take to reach the topic. Then the caller gets error 50001, and may ask again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Callers must send this name and <see cref="Password"/> by HTTP basic authentication; empty: anyone may call.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Largest request, in bytes. A schema must also fit into one record of the topic.</summary>
    [Range(1_024, 16 << 20)]
    public int RequestBytesMax { get; set; } = 1 << 20;
}
