using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Streaming.Avro.Binary;

/// <summary>Texts of ASCII characters, as names and codes are: a byte for each character.</summary>
internal static class AsciiText
{
    private const ushort BeyondAscii = 0xFF80;
    private const int VectorLength = 8;

    /// <summary>True for a text of 8 to 16 characters, which most codes have: it is two vectors of eight that may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPair(int length) => (uint)(length - VectorLength) <= VectorLength;

    /// <summary>Copies such a text; false when it is not all ASCII. What the place has then is of no use.</summary>
    /// <param name="place">At least as long as the text.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryCopyPair(string text, Span<byte> place)
    {
        var characters = MemoryMarshal.Cast<char, ushort>(text.AsSpan());
        var (first, last) = (Vector128.Create(characters), Vector128.Create(characters[^VectorLength..]));
        if (((first | last) & Vector128.Create(BeyondAscii)) != Vector128<ushort>.Zero)
            return false;
        BinaryPrimitives.WriteUInt64LittleEndian(place, Vector128.Narrow(first, first).AsUInt64().ToScalar());
        BinaryPrimitives.WriteUInt64LittleEndian(place[(text.Length - VectorLength)..], Vector128.Narrow(last, last).AsUInt64().ToScalar());
        return true;
    }

    /// <summary>Copies a text of any length; false when it is not all ASCII. What the place has then is of no use.</summary>
    /// <param name="place">At least as long as the text.</param>
    public static bool TryCopy(string text, Span<byte> place)
    {
        if (text.Length >= VectorLength)
            return Ascii.FromUtf16(text, place, out _) == OperationStatus.Done;
        var all = 0;
        for (var i = 0; i < text.Length; i++)
        {
            all |= text[i];
            place[i] = (byte)text[i];
        }
        return (all & BeyondAscii) == 0;
    }
}
