namespace Streaming.Broker.Groups;

/// <summary>Which way groups may go over to the other protocol while their members are at work. Names are Kafka's ("group.consumer.migration.policy").</summary>
public enum ConsumerMigrationPolicy
{
    /// <summary>Neither way: a group changes its protocol while it is empty.</summary>
    Disabled,

    /// <summary>To the consumer protocol, when a member joins by it.</summary>
    Upgrade,

    /// <summary>To the classic protocol, when the last member of the consumer protocol leaves.</summary>
    Downgrade,

    /// <summary>Both ways.</summary>
    Bidirectional,
}
