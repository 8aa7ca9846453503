using System.Security.Cryptography;
using Confluent.Kafka;
using Streaming.Commands.Writing;

namespace Streaming.Commands.Restoring;

/// <summary>Events under a key that was there before, as a copy of a log may have them. They must say the same, byte for byte.</summary>
/// <remarks>A second pass over the log compares: to remember what every event said, only for the rare case, would cost more than all states.</remarks>
internal sealed class Repetitions
{
    private const int KeysMax = 1_000_000;

    private readonly Dictionary<string, byte[]> _contents = [];

    public bool IsEmpty => _contents.Count == 0;

    public void Add(ConsumeResult<byte[], byte[]> record)
    {
        if (_contents.Count >= KeysMax)
            throw CorruptLogException.At(record.TopicPartitionOffset, $"it is one of more than {KeysMax} events that are there twice");
        Compare(record, _contents.TryAdd(RecordKeys.Text(record.Message.Key), Content(record)));
    }

    /// <summary>Takes every record of the partition once more.</summary>
    /// <exception cref="CorruptLogException">A second, different value under one key.</exception>
    public void Check(ConsumeResult<byte[], byte[]> record) => Compare(record, isNew: false);

    private void Compare(ConsumeResult<byte[], byte[]> record, bool isNew)
    {
        if (isNew || record.Message.Value is null || !_contents.TryGetValue(RecordKeys.Text(record.Message.Key), out var content))
            return;
        if (!content.AsSpan().SequenceEqual(Content(record)))
            throw CorruptLogException.At(record.TopicPartitionOffset,
                $"{RecordKeys.Text(record.Message.Key)} is there with two different values: two writers have decided one aggregate");
    }

    private static byte[] Content(ConsumeResult<byte[], byte[]> record) => SHA256.HashData(record.Message.Value);
}
