using System.ComponentModel.DataAnnotations;
using Streaming.Broker.Groups;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Security;
using Streaming.Broker.Settings;

namespace Streaming.Broker;

/// <summary>Settings of one embedded broker. Topic settings that a topic does not override have Kafka's names and defaults in <see cref="TopicDefaults"/>.</summary>
public sealed class BrokerOptions
{
    public const string Section = "Broker";

    /// <summary>Folder that holds everything the broker keeps. Created when missing; one broker at a time.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>Address to listen on. Without users in <see cref="Security"/> everybody who reaches the port can read and write.</summary>
    [Required]
    public string ListenHost { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; }

    /// <summary>Host name that clients are told to connect to; empty means <see cref="ListenHost"/>.</summary>
    public string AdvertisedHost { get; set; } = "";

    /// <summary>Id of this broker in the cluster it pretends to be.</summary>
    [Range(0, int.MaxValue)]
    public int NodeId { get; set; } = 1;

    /// <summary>Partitions of a topic that is created without a count.</summary>
    [Range(1, 10_000)]
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>Most partitions one topic may have. Each costs files and a little memory.</summary>
    [Range(1, 100_000)]
    public int PartitionsPerTopicMax { get; set; } = 10_000;

    /// <summary>Whether metadata requests that allow it create the topics they name.</summary>
    public bool AutoCreateTopics { get; set; }

    /// <summary>Whether a replication factor beyond 1 is accepted, and then ignored: there is one node. For suites written for clusters.</summary>
    public bool AcceptAnyReplicationFactor { get; set; }

    /// <summary>Forces appends to disk before they are acknowledged and read; those that come during one flush share the next. Kafka's name for it is
    /// <c>log.flush.interval.messages=1</c>. Off, as in Kafka: an acknowledged record survives the process, not the machine.</summary>
    public bool FlushOnAppend { get; set; }

    /// <summary>Largest request. A larger one closes its connection.</summary>
    [Range(1_024, int.MaxValue - 1_024)]
    public int FrameBytesMax { get; set; } = 100 * 1_024 * 1_024;

    /// <summary>Most record bytes in one fetch response, whatever the client asks.</summary>
    [Range(1_024, 1_024 * 1_024 * 1_024)]
    public int FetchBytesMax { get; set; } = 55 * 1_024 * 1_024;

    /// <summary>Most bytes that the requests of all connections hold together, but for those up to 64 KiB. More wait until there is room; a single request larger than this takes
    /// all of it.</summary>
    [Range(1_024 * 1_024, 1_024L * 1_024 * 1_024 * 1_024)]
    public long QueuedRequestBytesMax { get; set; } = 512 * 1_024 * 1_024;

    /// <summary>Most record bytes that the fetch responses of all connections hold together: what is read when it is sent counts 256 KiB a partition. Where it is used
    /// up, a fetch is answered with one batch.</summary>
    [Range(1_024 * 1_024, 1_024L * 1_024 * 1_024 * 1_024)]
    public long QueuedRecordBytesMax { get; set; } = 512 * 1_024 * 1_024;

    /// <summary>Most fetch sessions kept for clients. Clients beyond it name all their partitions in every fetch.</summary>
    [Range(0, 1_000_000)]
    public int FetchSessionsMax { get; set; } = 1_000;

    /// <summary>Most partitions that all fetch sessions follow together, a few hundred bytes of memory each.</summary>
    [Range(0, int.MaxValue)]
    public int FetchSessionPartitionsMax { get; set; } = 100_000;

    /// <summary>How long a fetch session is unused before it gives way to a new one.</summary>
    [Range(0, int.MaxValue)]
    public int FetchSessionIdleMs { get; set; } = 120_000;

    /// <summary>Most connections at a time. One more is closed at once.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; set; } = 10_000;

    /// <summary>Most connections at a time from one address.</summary>
    [Range(1, int.MaxValue)]
    public int ConnectionsPerAddressMax { get; set; } = int.MaxValue;

    /// <summary>How long a client may take for a whole request, or to take its response; then its connection is closed. A fetch waits no longer
    /// for records, either: that its client has left is only seen when it is answered.</summary>
    [Range(1, int.MaxValue)]
    public int ConnectionIdleMsMax { get; set; } = 10 * 60_000;

    /// <summary>Most elements of arrays in one request, all of them together. In memory each is many times its bytes.</summary>
    [Range(1_000, int.MaxValue)]
    public int RequestElementsMax { get; set; } = 1_000_000;

    /// <summary>Most partitions of all topics together.</summary>
    [Range(1, 10_000_000)]
    public int PartitionsMax { get; set; } = 200_000;

    /// <summary>How long a partition remembers a producer that writes nothing. A batch that it sends again later is taken for a new one.</summary>
    [Range(1, int.MaxValue)]
    public int ProducerIdExpirationMs { get; set; } = 24 * 3_600_000;

    /// <summary>Most producers that a partition remembers, beside those with an open transaction; some 400 bytes each. Beyond it those that wrote longest ago are
    /// forgotten as if they had expired.</summary>
    [Range(1, int.MaxValue)]
    public int ProducerIdsPerPartitionMax { get; set; } = 5_000;

    /// <summary>How long a transactional id is remembered that nobody uses. Its producer begins anew afterwards.</summary>
    [Range(1, int.MaxValue)]
    public int TransactionalIdExpirationMs { get; set; } = 7 * 24 * 3_600_000;

    /// <summary>Most transactional ids that are remembered. One more is refused.</summary>
    [Range(1, int.MaxValue)]
    public int TransactionalIdsMax { get; set; } = 1_000_000;

    /// <summary>Longest transaction a producer may ask for.</summary>
    [Range(1, int.MaxValue)]
    public int TransactionTimeoutMsMax { get; set; } = 15 * 60_000;

    /// <summary>How often transactions are looked through for those past their time.</summary>
    [Range(1, int.MaxValue)]
    public int TransactionCheckIntervalMs { get; set; } = 1_000;

    /// <summary>How often segments are looked through for those past their retention.</summary>
    [Range(1, int.MaxValue)]
    public int RetentionCheckIntervalMs { get; set; } = 300_000;

    /// <summary>TLS and SASL.</summary>
    public SecurityOptions Security { get; set; } = new();

    /// <summary>Limits and delays of consumer groups.</summary>
    public GroupOptions Groups { get; set; } = new();

    /// <summary>Pace and memory of log compaction.</summary>
    public CompactionOptions Compaction { get; set; } = new();

    /// <summary>Topic settings (Kafka's names, e.g. <c>segment.bytes</c>) for topics that do not set them.</summary>
    public IDictionary<string, string> TopicDefaults { get; } = new Dictionary<string, string>();

    /// <summary>Sets an option by Apache Kafka's name for it, such as <c>num.partitions</c> or <c>log.retention.ms</c>, and by a value as Kafka writes it.</summary>
    /// <exception cref="ValidationException">There is no such setting, it cannot be set, or the value is not of its type. Ranges are checked when the broker starts.</exception>
    public void Set(string name, string value) => BrokerSettings.Set(this, name, value);
}
