namespace Streaming.Search.Segments;

/// <summary>Numbers in seven bits a byte, lowest first.</summary>
internal static class Varint
{
    public static void Write(Growing<byte> into, uint value)
    {
        while (value >= 0x80)
        {
            into.Add((byte)(value | 0x80));
            value >>= 7;
        }

        into.Add((byte)value);
    }

    public static uint Read(ref ReadOnlySpan<byte> from)
    {
        var value = 0U;
        for (var shift = 0; ; shift += 7)
        {
            var next = from[0];
            from = from[1..];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
