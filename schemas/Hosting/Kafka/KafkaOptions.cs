using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;

namespace Streaming.Hosting.Kafka;

/// <summary>Where the cluster is, and how to talk to it. Section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    public const string Section = "Kafka";

    /// <summary>Bootstrap list, such as <c>127.0.0.1:9092</c>.</summary>
    [Required(ErrorMessage = "Kafka:BootstrapServers is not set. Set the environment variable Kafka__BootstrapServers, such as 127.0.0.1:9092.")]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Further librdkafka settings, passed through as they are: TLS, SASL, buffers. What the pipeline's promises rest on is set after them.</summary>
    public Dictionary<string, string> Client { get; } = [];

    /// <summary>A client configuration to build producers, consumers and admin clients from.</summary>
    public ClientConfig ToClientConfig()
    {
        var config = new ClientConfig(new Dictionary<string, string>(Client)) { BootstrapServers = BootstrapServers };
        return config;
    }
}
