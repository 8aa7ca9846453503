using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Streaming.Commands.Writing;

/// <summary>Ids of events: UUIDv7 (RFC 9562), made of a time and 74 random bits.</summary>
/// <remarks>Random bytes are drawn for many at once: the system's generator takes longer to be asked than to answer. One thread at a time.</remarks>
internal sealed class EventIds
{
    private const int IdBytes = 16;

    private readonly byte[] _random = new byte[256 * IdBytes];
    private int _used = int.MaxValue;

    /// <param name="ms">Milliseconds since 1970.</param>
    public Guid Next(long ms)
    {
        if (_used > _random.Length - IdBytes)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        var id = _random.AsSpan(_used, IdBytes);
        _used += IdBytes;
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)(ms >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(id[2..], (uint)ms);
        id[6] = (byte)(id[6] & 0x0F | 0x70);    // Version 7.
        id[8] = (byte)(id[8] & 0x3F | 0x80);    // The variant of the RFC.
        return new Guid(id, bigEndian: true);
    }
}
