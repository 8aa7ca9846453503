using Streaming.ElasticSink.Positions;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Generations;

/// <summary>How far two generations had come, by topic and partition, before they were compared.</summary>
internal sealed class PositionPair
{
    private readonly SortedDictionary<(string Topic, int Partition), long> _below = [];

    public IEnumerable<(string Topic, int Partition)> Places => _below.Keys;

    /// <exception cref="InvalidOperationException">They were read from different topics: their offsets mean different events.</exception>
    public static PositionPair Of(IReadOnlyList<ListedCheckpoint> checkpoints, int left, int right)
    {
        var (ours, theirs) = (Side(checkpoints, left), Side(checkpoints, right));
        var pair = new PositionPair();
        foreach (var place in ours.Keys.Union(theirs.Keys))
        {
            var (one, other) = (ours.GetValueOrDefault(place), theirs.GetValueOrDefault(place));
            if (one is not null && other is not null && (one.ClusterId, one.TopicId) != (other.ClusterId, other.TopicId))
                throw new InvalidOperationException($"{place.Topic}-{place.Partition}: generation {left} was read from cluster {one.ClusterId}, topic id {one.TopicId}, "
                    + $"generation {right} from cluster {other.ClusterId}, topic id {other.TopicId}. Their offsets cannot be compared.");
            pair._below[place] = Math.Min(one?.NextOffset ?? 0, other?.NextOffset ?? 0);
        }

        return pair;
    }

    /// <summary>The offset below which both hold everything. Where neither has a position, nothing can have moved.</summary>
    public long Below(string topic, int partition) => _below.GetValueOrDefault((topic, partition), long.MaxValue);

    private static Dictionary<(string Topic, int Partition), Checkpoint> Side(IReadOnlyList<ListedCheckpoint> checkpoints, int generation) =>
        checkpoints.Where(listed => listed.Generation == generation).ToDictionary(listed => (listed.Document.Topic, listed.Document.Partition), listed => listed.Document.Checkpoint);
}
