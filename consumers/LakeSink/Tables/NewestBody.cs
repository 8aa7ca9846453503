using System.Collections.Concurrent;
using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Sinks.Events;

namespace Streaming.LakeSink.Tables;

/// <summary>The Avro bytes of an event in its newest version.</summary>
internal static class NewestBody
{
    private static readonly ConcurrentDictionary<(RecordSchema Writer, RecordSchema Newest), bool> _sameLayout = new();

    /// <summary>As it was written, where that is the newest version; mostly it is, and nothing is encoded again.</summary>
    public static ReadOnlySpan<byte> Of(RecordedEvent recorded)
    {
        var newest = recorded.Record.AvroSchema;
        return _sameLayout.GetOrAdd((recorded.WriterSchema, newest), static pair => IsSameLayout(pair.Writer, pair.Newest))
            ? recorded.Body.Span
            : AvroEncoding.EncodeToArray(recorded.Record);
    }

    // The canonical form says nothing of logical types: the scale of a decimal makes another number of the same bytes.
    private static bool IsSameLayout(RecordSchema writer, RecordSchema newest) =>
        writer.CanonicalForm == newest.CanonicalForm && EventSchemas.Of(writer).Fields.Select(field => field.Type).SequenceEqual(EventSchemas.Of(newest).Fields.Select(field => field.Type));
}
