using System.ComponentModel.DataAnnotations;

namespace Streaming.Hosting.Kafka;

/// <summary>How this installation names what it shares a cluster with. Section <c>Topics</c>.</summary>
public sealed class TopicsOptions
{
    public const string Section = "Topics";

    /// <summary>Goes before every topic name, group id and transactional id. Empty by default; such as <c>staging.</c> to share a cluster.</summary>
    [RegularExpression("^[a-zA-Z0-9._-]{0,100}$", ErrorMessage = "Topics:Prefix may hold letters, digits, '.', '_' and '-', 100 at most.")]
    public string Prefix { get; set; } = "";

    /// <summary>Copies of each topic that a host creates; -1 takes the cluster's default. In production 3, with the cluster's <c>min.insync.replicas</c> 2.</summary>
    [Range(-1, short.MaxValue)]
    public short ReplicationFactor { get; set; } = -1;
}
