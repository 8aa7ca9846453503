using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.Client;

/// <summary>Where commands go, and how long their results are waited for. As a section of settings: <c>Commands:Client</c>.</summary>
public sealed class CommandClientOptions
{
    public const string Section = "Commands:Client";

    /// <summary>Bootstrap list of the cluster, such as <c>127.0.0.1:9092</c>.</summary>
    [Required(ErrorMessage = "BootstrapServers is not set: give the cluster's bootstrap list, such as 127.0.0.1:9092.")]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Further librdkafka settings, passed through as they are: TLS, SASL, buffers. What the client's promises rest on is set after them.</summary>
    public Dictionary<string, string> Kafka { get; init; } = [];

    /// <summary>The registry that knows the commands' schemas.</summary>
    public SchemaRegistryOptions SchemaRegistry { get; init; } = new();

    /// <summary>False: only schemas that are registered already are written with, as where schemas are deployed by review alone.</summary>
    public bool AutoRegisterSchemas { get; set; } = true;

    /// <summary>The installation's <c>Topics:Prefix</c>; empty by default.</summary>
    public string TopicPrefix { get; set; } = "";

    /// <summary>Who sends, for <c>ce_source</c>: a URI reference such as <c>/shop/till-7</c>.</summary>
    public string Source { get; set; } = "/streaming/client";

    /// <summary>How long a result is waited for where a call doesn't say.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the cluster may take to confirm a command. Beyond, sending throws.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:15:00")]
    public TimeSpan ConfirmationMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most results remembered per context, about 500 bytes each, to answer repeated commands without sending; the oldest are forgotten first.</summary>
    [Range(100, 10_000_000)]
    public int ResultsMax { get; set; } = 10_000;

    /// <summary>How old the results are that a starting client reads back. A repeat of an older command is answered all the same, but is sent for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ResultsReadBack { get; set; } = TimeSpan.Zero;

    internal ClientConfig ToClientConfig() => new(new Dictionary<string, string>(Kafka)) { BootstrapServers = BootstrapServers };
}
