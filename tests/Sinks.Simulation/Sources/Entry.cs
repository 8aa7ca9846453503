using System.Text;
using Streaming.Contracts.Envelope;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Simulation.Sources;

/// <summary>How an event is written.</summary>
internal enum Writing
{
    /// <summary>In the present version: the amount as it is.</summary>
    Present,

    /// <summary>In an earlier version: the amount in hundredths, which an upcaster makes whole.</summary>
    Evolved,

    /// <summary>In a way that no decoder knows, until the code is repaired.</summary>
    Unreadable,

    /// <summary>Readable, but refused by the destination, until that is repaired.</summary>
    Refused,

    /// <summary>Nothing: its aggregate was erased.</summary>
    Tombstone,
}

/// <summary>A record of the log.</summary>
internal sealed record Entry(long Offset, string AggregateId, long Sequence, long Amount, Writing Writing)
{
    public EventKey Key => new(AggregateId, Sequence);

    /// <summary>Compaction has removed it: nobody meets it any more.</summary>
    public bool IsCompacted { get; set; }

    public LogRecord ToRecord(string topic, int partition) => new(
        topic, partition, Offset, DateTimeOffset.UnixEpoch.AddSeconds(Offset), Encoding.UTF8.GetBytes(Key.ToString()),
        Writing == Writing.Tombstone ? null : Encoding.UTF8.GetBytes($"{Writing}:{(Writing == Writing.Evolved ? Amount * 100 : Amount)}"), default);
}
