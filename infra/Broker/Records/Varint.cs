namespace Streaming.Broker.Records;

/// <summary>Zigzag varints, as records use them: seven bits a byte, the lowest first.</summary>
internal static class Varint
{
    public const int BytesMax = 10;

    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> output, long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var count = 0;
        while (rest >= 0x80)
        {
            output[count++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        output[count++] = (byte)rest;
        return count;
    }
}
