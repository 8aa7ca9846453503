using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.DeadLetters;

/// <summary>A dead letter as a record: the key is its position, the value and the headers are the failed record's own, and what happened to it stands
/// in further headers that begin with <c>dlq_</c>, as text.</summary>
/// <remarks>A tombstone cannot be kept as one, or compaction would remove it: its value is empty, and <c>dlq_tombstone</c> says so.</remarks>
public static class DeadLetterFormat
{
    private const string Prefix = "dlq_";
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The record to write, into the partition that the failed one came from.</summary>
    public static Message<byte[]?, byte[]?> ToMessage(DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var (name, value) in letter.Headers)
            headers.Add(name, value);
        Add("topic", letter.Topic);
        Add("partition", letter.Partition.ToString(CultureInfo.InvariantCulture));
        Add("offset", letter.Offset.ToString(CultureInfo.InvariantCulture));
        if (letter.Key is not null)
            headers.Add(Prefix + "key", letter.Key);
        if (letter.Value is null)
            Add("tombstone", "true");
        Add("recordedat", Text(letter.RecordedAt));
        Add("state", letter.State.ToString());
        Add("reason", letter.Reason);
        Add("behind", letter.Behind);
        Add("tries", letter.Tries.ToString(CultureInfo.InvariantCulture));
        Add("topicid", letter.TopicId);
        Add("epoch", letter.Epoch.ToString(CultureInfo.InvariantCulture));
        Add("mode", letter.Mode.ToString());
        Add("host", letter.Host);
        Add("parkedat", Text(letter.ParkedAt));
        Add("decidedby", letter.DecidedBy);
        Add("decidedat", letter.DecidedAt is { } at ? Text(at) : null);
        Add("decidedfor", letter.DecidedFor);
        return new() { Key = _utf8.GetBytes(letter.Position), Value = letter.Value ?? [], Headers = headers };

        void Add(string name, string? value)
        {
            if (value is not null)
                headers.Add(Prefix + name, _utf8.GetBytes(value));
        }
    }

    /// <summary>The dead letter that a record holds.</summary>
    /// <exception cref="FormatException">It holds none; says what is wrong.</exception>
    public static DeadLetter Parse(ConsumeResult<byte[]?, byte[]?> record)
    {
        var own = new List<KeyValuePair<string, byte[]?>>();
        var told = new Dictionary<string, byte[]?>();
        foreach (var header in record.Message.Headers)
        {
            if (header.Key.StartsWith(Prefix, StringComparison.Ordinal))
                told[header.Key[Prefix.Length..]] = header.GetValueBytes();
            else
                own.Add(new(header.Key, header.GetValueBytes()));
        }

        return new DeadLetter
        {
            Topic = Needed("topic"),
            Partition = int.Parse(Needed("partition"), NumberStyles.None, CultureInfo.InvariantCulture),
            Offset = long.Parse(Needed("offset"), NumberStyles.None, CultureInfo.InvariantCulture),
            Key = told.GetValueOrDefault("key"),
            Value = told.ContainsKey("tombstone") ? null : record.Message.Value,
            Headers = own,
            RecordedAt = Time("recordedat") ?? throw Wrong("recordedat"),
            State = Enum.TryParse<DeadLetterState>(Needed("state"), out var state) ? state : throw Wrong("state"),
            Reason = Needed("reason"),
            Behind = Optional("behind"),
            Tries = int.Parse(Needed("tries"), NumberStyles.None, CultureInfo.InvariantCulture),
            TopicId = Needed("topicid"),
            Epoch = int.Parse(Needed("epoch"), NumberStyles.None, CultureInfo.InvariantCulture),
            Mode = Enum.TryParse<SinkMode>(Needed("mode"), out var mode) ? mode : throw Wrong("mode"),
            Host = Needed("host"),
            ParkedAt = Time("parkedat") ?? throw Wrong("parkedat"),
            DecidedBy = Optional("decidedby"),
            DecidedAt = Time("decidedat"),
            DecidedFor = Optional("decidedfor"),
        };

        string? Optional(string name) => told.TryGetValue(name, out var bytes) ? TextOrNull(bytes) ?? throw Wrong(name) : null;

        string Needed(string name) => Optional(name) ?? throw Wrong(name);

        DateTimeOffset? Time(string name) => Optional(name) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : null;

        FormatException Wrong(string name) => new($"{record.Topic}-{record.Partition.Value}@{record.Offset.Value} is no dead letter: its header {Prefix}{name} is missing, or wrong.");
    }

    /// <summary>The dead letters that records hold, each as it was written last, by topic, partition and offset.</summary>
    /// <exception cref="FormatException">One holds none.</exception>
    internal static IReadOnlyList<DeadLetter> Newest(IEnumerable<ConsumeResult<byte[]?, byte[]?>> records)
    {
        var newest = new Dictionary<string, DeadLetter>();
        foreach (var letter in records.Select(Parse))
            newest[letter.Position] = letter;
        return [.. newest.Values.OrderBy(letter => (letter.Topic, letter.Partition, letter.Offset))];
    }

    /// <summary>The failed record, to be handled again.</summary>
    internal static LogRecord ToRecord(DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var (name, value) in letter.Headers)
            headers.Add(name, value);
        return new(letter.Topic, letter.Partition, letter.Offset, letter.RecordedAt, letter.Key, letter.Value, EventHeaders.Read(headers));
    }

    internal static string? TextOrNull(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : _utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
