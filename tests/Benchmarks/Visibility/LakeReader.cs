using System.Text.Json.Nodes;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Visibility;

/// <summary>What a reader of the lake sees: everything below the positions that the sink commits after its rows. The log itself says which change lies where.</summary>
internal sealed class LakeReader : IDisposable
{
    private readonly string _positions;
    private readonly IConsumer<string, Ignore> _log;
    private readonly Dictionary<int, Queue<(long Offset, EventKey Key)>> _coming = [];
    private readonly Dictionary<string, long> _versions = [];

    public LakeReader(string folder, string bootstrapServers, TopicDefinition events)
    {
        _positions = Path.Combine(folder, "g1", "_positions", events.Name);
        _log = new ConsumerBuilder<string, Ignore>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers, GroupId = SomeNames.Name("visibility"), EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        _log.Assign(Enumerable.Range(0, events.PartitionCount).Select(partition => new TopicPartitionOffset(events.Name, partition, Offset.Beginning)));
    }

    public Task<IReadOnlyDictionary<string, long>> ReadAsync()
    {
        while (_log.Consume(TimeSpan.Zero) is { } result)
            Coming(result.Partition.Value).Enqueue((result.Offset.Value, EventKey.TryParse(result.Message.Key, out var key) ? key : default));
        foreach (var partition in Directory.EnumerateDirectories(_positions))
        {
            var coming = Coming(int.Parse(Path.GetFileName(partition), System.Globalization.CultureInfo.InvariantCulture));
            for (var next = NextOffset(partition); coming.TryPeek(out var change) && change.Offset < next; coming.Dequeue())
                _versions[change.Key.AggregateId] = change.Key.Sequence;
        }

        return Task.FromResult<IReadOnlyDictionary<string, long>>(_versions);
    }

    public void Dispose() => _log.Dispose();

    private Queue<(long Offset, EventKey Key)> Coming(int partition) =>
        _coming.TryGetValue(partition, out var coming) ? coming : _coming[partition] = new();

    private static long NextOffset(string partition) =>
        Directory.EnumerateFiles(partition, "*.json").Where(file => !Path.GetFileName(file).StartsWith('.')).Max(StringComparer.Ordinal) is { } newest
            ? JsonNode.Parse(File.ReadAllText(newest))!["Checkpoint"]!["NextOffset"]!.GetValue<long>() : 0;
}
