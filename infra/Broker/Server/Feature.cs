namespace Streaming.Broker.Server;

/// <summary>A behaviour that clients may only rely on where the whole cluster agreed to it, its versions rising with what it brings (KIP-584).</summary>
/// <param name="Name">As Kafka names it.</param>
/// <param name="Lowest">First version that this broker could do; 0 stands for being without the feature.</param>
/// <param name="Highest">Last version that this broker could do.</param>
/// <param name="Finalized">The version that it does.</param>
internal sealed record Feature(string Name, short Lowest, short Highest, short Finalized)
{
    /// <summary>Rises with every change of <see cref="All"/>: clients keep what they were told with the highest.</summary>
    public const long Epoch = 1;

    /// <summary>All features of this broker, by name.</summary>
    public static IReadOnlyList<Feature> All { get; } =
    [
        // Consumers join by heartbeats, and the coordinator assigns (KIP-848).
        new("group.version", Lowest: 0, Highest: 1, Finalized: 1),

        // Clients end transactions with a new epoch each, and add partitions by writing in them (KIP-890).
        new("transaction.version", Lowest: 0, Highest: 2, Finalized: 2),
    ];
}
