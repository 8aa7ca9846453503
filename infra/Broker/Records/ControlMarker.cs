using System.Buffers.Binary;

namespace Streaming.Broker.Records;

/// <summary>The record that ends a transaction in a partition. Key: version 0, then type (0 abort, 1 commit); value: version 0, then the
/// coordinator's epoch. Source: Kafka documentation, "Control Batches"; KIP-98.</summary>
internal static class ControlMarker
{
    public static byte[] Key(bool isCommit) => [0, 0, 0, isCommit ? (byte)1 : (byte)0];

    public static byte[] Value(int coordinatorEpoch)
    {
        var value = new byte[6];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        return value;
    }

    /// <summary>Whether the control batch commits or aborts; null when it is of another kind.</summary>
    public static bool? IsCommit(ReadOnlySpan<byte> controlBatch)
    {
        var walk = new RecordWalk(controlBatch[BatchHeader.Bytes..]);
        if (!walk.MoveNext() || walk.Current.Key.Length < 4)
            return null;
        return BinaryPrimitives.ReadInt16BigEndian(walk.Current.Key[2..]) switch
        {
            0 => false,
            1 => true,
            _ => null,
        };
    }
}
