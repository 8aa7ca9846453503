using System.Buffers.Binary;
using Streaming.Search.Failures;

namespace Streaming.Search.Store;

/// <summary>Reads a translog back after a stop or a crash.</summary>
internal static class TranslogReader
{
    private const int BufferBytes = 1 << 20;
    private const long SequenceJumpMax = 100_000_000;

    public delegate void Apply(in Operation operation);

    /// <summary>Hands over every whole operation.</summary>
    /// <param name="isNewest">It was being written: it may end in the middle of an operation, which nobody was told is safe.</param>
    /// <returns>Where the whole ones end: what follows is cut.</returns>
    /// <exception cref="DamagedFileException">Something is broken before the end.</exception>
    public static long Replay(string path, bool isNewest, Apply apply)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        var (position, sequence) = (0L, -1L);
        var (header, body) = (new byte[Operation.HeaderBytes], Array.Empty<byte>());
        while (position < file.Length)
        {
            if (TryReadRecord(file, header, ref body, out var length) && Operation.TryRead(body.AsSpan(0, length), out var operation) && operation.Sequence > sequence)
            {
                apply(operation);
                sequence = operation.Sequence;
                position += Operation.HeaderBytes + length;
                continue;
            }

            if (!isNewest || HasFurtherOperation(file, position, sequence))
                throw new DamagedFileException(path, $"the operation at byte {position} is broken, and others follow it");
            break;
        }

        return position;
    }

    private static bool TryReadRecord(FileStream file, byte[] header, ref byte[] body, out int length)
    {
        length = 0;
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            return false;
        length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length < 0 || length > file.Length - file.Position)
            return false;
        if (body.Length < length)
            body = new byte[Math.Max(length, body.Length * 2)];
        file.ReadExactly(body, 0, length);
        return Checksum.Of(body.AsSpan(0, length)) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4));
    }

    /// <summary>A torn end has nothing behind it. Damage in the middle has, and then what follows was promised to somebody.</summary>
    private static bool HasFurtherOperation(FileStream file, long position, long sequence)
    {
        var rest = new byte[file.Length - position];
        file.Position = position;
        file.ReadExactly(rest);
        for (var at = 1; at + Operation.HeaderBytes < rest.Length; at++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.AsSpan(at));
            if (length <= 0 || length > rest.Length - at - Operation.HeaderBytes)
                continue;
            var body = rest.AsSpan(at + Operation.HeaderBytes, length);
            if (Operation.TryRead(body, out var operation) && operation.Sequence > sequence && operation.Sequence - sequence < SequenceJumpMax
                && Checksum.Of(body) == BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan(at + 4)))
                return true;
        }

        return false;
    }
}
