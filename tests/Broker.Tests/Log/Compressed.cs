using System.Buffers.Binary;
using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;
using Streaming.Shared;

namespace Streaming.Broker.Tests.Log;

/// <summary>Batches with their records compressed, by any codec; small ones, where there is no encoder.</summary>
internal static class Compressed
{
    private const int SnappyCodec = 2;

    public static byte[] Of(byte[] batch, int codec)
    {
        using var output = new BoundedBuffer();
        var records = batch.AsSpan(BatchHeader.Bytes);
        if (Codecs.CanEncode(codec))
            Codecs.Encode(codec, records, output);
        else if (codec == SnappyCodec)
            output.Write([(byte)(records.Length & 0x7F | 0x80), (byte)(records.Length >> 7), 60 << 2, (byte)(records.Length - 1), .. records]); // one literal
        else
            output.Write([0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82, (byte)records.Length, 0, 0, 0x80, .. records, 0, 0, 0, 0]); // one stored block
        return With(batch, codec, output.Written);
    }

    /// <summary>The head of the batch before bytes that are said to be its compressed records; what else its attributes said stays.</summary>
    public static byte[] With(byte[] batch, int codec, ReadOnlySpan<byte> compressed)
    {
        byte[] result = [.. batch.AsSpan(0, BatchHeader.Bytes), .. compressed];
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(8), result.Length - BatchHeader.LengthOverheadBytes);
        result[22] |= (byte)codec;
        BatchHeader.Seal(result);
        return result;
    }
}
