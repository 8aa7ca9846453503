using System.Text;

namespace Streaming.LogChecker;

/// <summary>An aggregate's events stand on its partition, in order, without gap and once.</summary>
public static class SequenceCheck
{
    public static IEnumerable<string> Violations(CommittedLog log, int partitionCount)
    {
        var erased = log.Erasures.Select(erasure => (erasure.Context, erasure.AggregateId)).ToHashSet();
        foreach (var aggregate in log.Events.GroupBy(logged => (logged.Context, logged.AggregateId)).Where(aggregate => !erased.Contains(aggregate.Key)))
        {
            var place = Partition(aggregate.Key.AggregateId, partitionCount);
            var sequence = 0L;
            foreach (var logged in aggregate.OrderBy(logged => logged.Offset))
            {
                if (logged.Partition != place)
                    yield return $"{logged} stands on partition {logged.Partition}, its place is {place}.";
                if (logged.Sequence != sequence + 1)
                    yield return $"{logged.Context} {logged.AggregateId}: sequence {logged.Sequence} follows {sequence}.";
                sequence = logged.Sequence;
            }
        }

        foreach (var same in log.Events.GroupBy(logged => logged.EventId).Where(same => same.Count() > 1))
            yield return $"Event id {same.Key} stands {same.Count()} times.";
    }

    /// <summary>Kafka's own placement of a key, written down once more: MurmurHash2, 32 bits, seed 0x9747b28c, sign bit cleared.</summary>
    public static int Partition(string key, int partitionCount)
    {
        const uint m = 0x5bd1e995;
        var bytes = Encoding.UTF8.GetBytes(key);
        unchecked
        {
            var h = 0x9747b28c ^ (uint)bytes.Length;
            var i = 0;
            for (; i + 4 <= bytes.Length; i += 4)
            {
                var k = BitConverter.ToUInt32(bytes, i) * m;
                h = (h * m) ^ ((k ^ (k >> 24)) * m);
            }

            var rest = bytes.Length - i;
            for (var j = 0; j < rest; j++)
                h ^= (uint)bytes[i + j] << (8 * j);
            if (rest > 0)
                h *= m;
            h = (h ^ (h >> 13)) * m;
            return (int)((h ^ (h >> 15)) & 0x7fffffff) % partitionCount;
        }
    }
}
