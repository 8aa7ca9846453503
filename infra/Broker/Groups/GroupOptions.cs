using System.ComponentModel.DataAnnotations;

namespace Streaming.Broker.Groups;

/// <summary>Limits and delays of consumer groups. Names in quotes are Apache Kafka's for the same setting.</summary>
public sealed class GroupOptions : IValidatableObject
{
    /// <summary>Most groups; nobody can begin one more.</summary>
    [Range(1, int.MaxValue)]
    public int GroupsMax { get; set; } = 100_000;

    /// <summary>Most groups with settings of their own. All of them are written at each change of one.</summary>
    [Range(0, int.MaxValue)]
    public int GroupsWithSettingsMax { get; set; } = 10_000;

    /// <summary>Most bytes that one member may have its group keep: its names, the topics it wants or what it says in each of its strategies, and what a leader assigns it.</summary>
    [Range(1_024, int.MaxValue)]
    public int MemberBytesMax { get; set; } = 1_024 * 1_024;

    /// <summary>Most bytes that the members of one group may have it keep together, the ids of those included that were told to come back with them.</summary>
    [Range(1_024, 512 * 1_024 * 1_024)]
    public int MembersBytesMax { get; set; } = 64 * 1_024 * 1_024;

    /// <summary>Shortest session timeout a member may ask for ("group.min.session.timeout.ms"). Shorter finds the dead sooner, and mistakes a pause for death.</summary>
    [Range(1, int.MaxValue)]
    public int SessionTimeoutMsMin { get; set; } = 6_000;

    /// <summary>Longest session timeout a member may ask for ("group.max.session.timeout.ms").</summary>
    [Range(1, int.MaxValue)]
    public int SessionTimeoutMsMax { get; set; } = 1_800_000;

    /// <summary>How long an empty group waits for more members before its first assignment ("group.initial.rebalance.delay.ms").
    /// Kafka's 3 s spare a big fleet some rebalances at its start; 0 lets a single host begin at once.</summary>
    [Range(0, int.MaxValue)]
    public int InitialRebalanceDelayMs { get; set; }

    /// <summary>Most members of one group ("group.max.size").</summary>
    [Range(1, int.MaxValue)]
    public int MembersMax { get; set; } = int.MaxValue;

    /// <summary>How long a member of the consumer protocol may be silent ("group.consumer.session.timeout.ms"), unless its group has a setting of its own.</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerSessionTimeoutMs { get; set; } = 45_000;

    /// <summary>Shortest session timeout, of all groups or of one ("group.consumer.min.session.timeout.ms").</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerSessionTimeoutMsMin { get; set; } = 45_000;

    /// <summary>Longest session timeout, of all groups or of one ("group.consumer.max.session.timeout.ms").</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerSessionTimeoutMsMax { get; set; } = 60_000;

    /// <summary>How often a member of the consumer protocol is to send a heartbeat ("group.consumer.heartbeat.interval.ms"), unless its group has a setting of its own.
    /// It learns of changes by them: shorter rebalances sooner, and asks more often.</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerHeartbeatIntervalMs { get; set; } = 5_000;

    /// <summary>Shortest interval of heartbeats, of all groups or of one ("group.consumer.min.heartbeat.interval.ms").</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerHeartbeatIntervalMsMin { get; set; } = 5_000;

    /// <summary>Longest interval of heartbeats, of all groups or of one ("group.consumer.max.heartbeat.interval.ms").</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerHeartbeatIntervalMsMax { get; set; } = 15_000;

    /// <summary>Most members of one group of the consumer protocol ("group.consumer.max.size").</summary>
    [Range(1, int.MaxValue)]
    public int ConsumerMembersMax { get; set; } = int.MaxValue;

    /// <summary>Which way groups may go over to the other protocol while their members are at work ("group.consumer.migration.policy").</summary>
    [EnumDataType(typeof(ConsumerMigrationPolicy))]
    public ConsumerMigrationPolicy ConsumerMigrationPolicy { get; set; } = ConsumerMigrationPolicy.Bidirectional;

    /// <summary>What consumers may ask to be assigned by, comma separated ("group.consumer.assignors"): uniform, range. The first is for those who ask for none.</summary>
    [RegularExpression("^ *(uniform|range)( *, *(uniform|range))* *$")]
    public string ConsumerAssignors { get; set; } = "uniform,range";

    /// <summary>Most bytes of metadata beside one committed offset ("offset.metadata.max.bytes").</summary>
    [Range(0, short.MaxValue)]
    public int OffsetMetadataBytesMax { get; set; } = 4_096;

    /// <summary>Partitions of __consumer_offsets when it is created ("offsets.topic.num.partitions"). Fixed from then on: a group is found by hashing its name over them.</summary>
    [Range(1, 1_000)]
    public int OffsetsTopicPartitions { get; set; } = 4;

    /// <summary>How long the offsets of a group without members are kept, in minutes ("offsets.retention.minutes").</summary>
    [Range(1, int.MaxValue)]
    public int OffsetsRetentionMinutes { get; set; } = 10_080;

    internal bool AllowsSessionTimeout(int timeoutMs) => timeoutMs >= SessionTimeoutMsMin && timeoutMs <= SessionTimeoutMsMax;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. Ordered("group.min.session.timeout.ms", SessionTimeoutMsMin, "group.max.session.timeout.ms", SessionTimeoutMsMax),
        .. Ordered("group.consumer.min.heartbeat.interval.ms", ConsumerHeartbeatIntervalMsMin, "group.consumer.heartbeat.interval.ms", ConsumerHeartbeatIntervalMs),
        .. Ordered("group.consumer.heartbeat.interval.ms", ConsumerHeartbeatIntervalMs, "group.consumer.max.heartbeat.interval.ms", ConsumerHeartbeatIntervalMsMax),
        .. Ordered("group.consumer.min.session.timeout.ms", ConsumerSessionTimeoutMsMin, "group.consumer.session.timeout.ms", ConsumerSessionTimeoutMs),
        .. Ordered("group.consumer.session.timeout.ms", ConsumerSessionTimeoutMs, "group.consumer.max.session.timeout.ms", ConsumerSessionTimeoutMsMax),
        .. ConsumerHeartbeatIntervalMs < ConsumerSessionTimeoutMs
            ? Array.Empty<ValidationResult>() : [new ValidationResult("group.consumer.heartbeat.interval.ms must be less than group.consumer.session.timeout.ms")],
    ];

    private static IEnumerable<ValidationResult> Ordered(string lessName, int less, string moreName, int more) =>
        less <= more ? [] : [new ValidationResult($"{moreName} ({more}) must be greater than or equal to {lessName} ({less})")];
}
