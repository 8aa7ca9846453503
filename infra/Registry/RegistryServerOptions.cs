using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Streaming.Hosting.Kafka;

namespace Streaming.Registry;

/// <summary>Where the registry listens, and where it keeps its schemas.</summary>
public sealed class RegistryServerOptions
{
    public const string Section = "Registry";

    /// <summary>Port 0 asks the system for a free one. Outside loopback only with <see cref="Password"/>; <c>https</c> with <see cref="CertificateFile"/>.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:0";

    /// <summary>The Kafka cluster that holds the schemas: <c>host:port</c>, comma separated.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Further settings of the Kafka client by librdkafka's names, such as <c>security.protocol</c>, <c>sasl.username</c> and <c>ssl.ca.location</c>.</summary>
    public IDictionary<string, string> Client { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The compacted topic, of one partition, that holds the schemas. Several registries may share it; each answers the same.</summary>
    [Required]
    public string Topic { get; set; } = "_schemas";

    /// <summary>Copies of the topic when it is created; -1: the cluster's default.</summary>
    [Range(-1, short.MaxValue)]
    public short ReplicationFactor { get; set; } = -1;

    /// <summary>How long one write may take to reach the topic. Then the caller gets error 50001, and may ask again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The server's certificate with its chain, as PEM, for a <see cref="Url"/> of https.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key as PEM; empty: it is in <see cref="CertificateFile"/>.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>Callers must send this name and <see cref="Password"/> by HTTP basic authentication; empty: anyone may call.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Largest request, in bytes. A schema must also fit into one record of the topic.</summary>
    [Range(1_024, 16 << 20)]
    public int RequestBytesMax { get; set; } = 1 << 20;

    /// <summary>Longest pause between attempts to reach a broker that went away; the client's own default is ten times as long.</summary>
    internal const int ReconnectMaxMs = 1_000;

    internal KafkaOptions ToKafkaOptions()
    {
        var kafka = new KafkaOptions { BootstrapServers = BootstrapServers };
        foreach (var (name, value) in Client)
            kafka.Client[name] = value;
        return kafka;
    }

    internal ClientConfig ToClientConfig() => ToKafkaOptions().ToClientConfig();
}
