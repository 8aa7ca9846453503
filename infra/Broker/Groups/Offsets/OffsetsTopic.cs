namespace Streaming.Broker.Groups.Offsets;

/// <summary>The internal topic that remembers groups and their offsets. Tools and consumers know it by this name and this hashing.</summary>
internal static class OffsetsTopic
{
    public const string Name = "__consumer_offsets";

    /// <summary>Which of its partitions a group is kept in: the absolute value of Java's hash of the name, modulo the count.</summary>
    public static int PartitionOf(string groupId, int partitionCount)
    {
        var hash = 0;
        foreach (var unit in groupId)
            hash = unchecked(31 * hash + unit);
        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
