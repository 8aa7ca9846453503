using Confluent.Kafka;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>What a dead-letter topic holds, in memory, by way of the format that the real one has, and who may write it. Not for several threads at once.</summary>
/// <param name="isFenced">Otherwise whoever had the right to write keeps it.</param>
internal sealed class DeadLetterStore(bool isFenced)
{
    private readonly SortedDictionary<(int Partition, long Offset), (DeadLetter Letter, int Claim)> _letters = [];
    private readonly Dictionary<int, int> _claims = [];

    public IEnumerable<DeadLetter> All => _letters.Values.Select(kept => kept.Letter);

    public IEnumerable<DeadLetter> Waiting => All.Where(letter => letter.State == DeadLetterState.Waiting);

    /// <summary>States that an earlier owner wrote over a later one's.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>A new right to write a partition's; those before it end.</summary>
    public int Claim(int partition) => _claims[partition] = _claims.GetValueOrDefault(partition) + 1;

    public IReadOnlyList<DeadLetter> Of(int partition) => [.. All.Where(letter => letter.Partition == partition)];

    public void Write(int partition, int claim, IReadOnlyList<DeadLetter> letters)
    {
        if (isFenced && _claims.GetValueOrDefault(partition) != claim)
            throw new KafkaException(ErrorCode.ProducerFenced);
        foreach (var letter in letters)
        {
            var place = (letter.Partition, letter.Offset);
            if (_letters.TryGetValue(place, out var kept) && kept.Claim > claim)
                Violations.Add($"{letter.Position} was {kept.Letter.State}, and became {letter.State} by one who owned it before");
            _letters[place] = (DeadLetterFormat.Parse(new() { Message = DeadLetterFormat.ToMessage(letter) }), claim);
        }
    }

    public static IReadOnlyList<DeadLetter> TakeUp(IEnumerable<(LogRecord Record, string Reason)> failed) => [.. failed.Select(one => new DeadLetter
    {
        Topic = one.Record.Topic,
        Partition = one.Record.Partition,
        Offset = one.Record.Offset,
        Key = one.Record.Key,
        Value = one.Record.Value,
        Headers = [],
        RecordedAt = one.Record.Timestamp,
        Reason = one.Reason,
        Host = "a host",
        ParkedAt = DateTimeOffset.UnixEpoch,
    })];
}
