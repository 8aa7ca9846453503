namespace Streaming.ElasticSink.Documents;

/// <summary>Where a document comes from: the last event in it.</summary>
/// <param name="Sequence">The event's, within its aggregate: the document's version for readers.</param>
/// <param name="Epoch">In which it was derived; with the sequence it makes the version that the server keeps.</param>
/// <param name="Hash">Of the event's content.</param>
internal sealed record DocumentMeta(long Sequence, int Epoch, string Topic, int Partition, long Offset, DateTimeOffset RecordedAt, Guid EventId, long Hash)
{
    private const int SequenceBits = 40;

    /// <summary>Of a document that no event has led to yet.</summary>
    public static DocumentMeta None { get; } = new(0, 0, "", -1, -1, default, default, 0);

    /// <summary>What is derived again in a later epoch replaces everything that was derived before; within one, later events replace earlier ones.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Version => VersionOf(Epoch, Sequence);

    public static long VersionOf(int epoch, long sequence) => ((long)epoch << SequenceBits) + sequence;
}
