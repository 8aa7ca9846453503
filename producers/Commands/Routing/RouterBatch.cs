using Confluent.Kafka;

namespace Streaming.Commands.Routing;

/// <summary>What was read since the last commit, by partition: what it became, and where to go on, or back to.</summary>
internal sealed class RouterBatch
{
    private readonly Dictionary<TopicPartition, Part> _parts = [];

    public int Records { get; private set; }

    public bool IsEmpty => _parts.Count == 0;

    public bool HasCommands => _parts.Values.Any(part => part.Commands.Count > 0);

    public IReadOnlyList<(TopicPartition To, Message<byte[], byte[]> Message)> Commands => [.. _parts.Values.SelectMany(part => part.Commands)];

    public IReadOnlyCollection<TopicPartitionOffset> NextOffsets => [.. _parts.Select(part => new TopicPartitionOffset(part.Key, part.Value.Next))];

    /// <summary>Where reading began: after an abort it begins there again.</summary>
    public IReadOnlyCollection<TopicPartitionOffset> FirstOffsets => [.. _parts.Select(part => new TopicPartitionOffset(part.Key, part.Value.First))];

    public void Add(TopicPartitionOffset position, (TopicPartition To, Message<byte[], byte[]> Message)? command)
    {
        if (!_parts.TryGetValue(position.TopicPartition, out var part))
            _parts[position.TopicPartition] = part = new Part(position.Offset.Value);
        part.Next = position.Offset.Value + 1;
        if (command is { } some)
            part.Commands.Add(some);
        Records++;
    }

    /// <summary>The partition is somebody else's now, who reads on from the last commit.</summary>
    public void Forget(TopicPartition partition) => _parts.Remove(partition);

    public void Clear()
    {
        _parts.Clear();
        Records = 0;
    }

    private sealed class Part(long first)
    {
        public long First { get; } = first;
        public long Next { get; set; }
        public List<(TopicPartition To, Message<byte[], byte[]> Message)> Commands { get; } = [];
    }
}
