using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;

namespace Streaming.Broker.Log;

/// <summary>Finds batches in a segment that may be damaged anywhere: each is checked, and behind one that is not sound the next that is, is looked for byte by byte.</summary>
/// <remarks>The CRC covers a batch from its attributes on, and with them its length. What comes before is checked by what it must be: the one magic and leader
/// epoch that are written here, and offsets that overlap neither those before nor those behind. Only in a gap that compaction left can a wrong offset look right.</remarks>
/// <param name="endOffset">The offset after the last batch of the segment.</param>
internal sealed class SoundBatches(SafeFileHandle file, int sizeBytes, long endOffset)
{
    private const int WindowBytes = 256 * 1_024;

    /// <summary>Whether the bytes begin with a batch as it was written.</summary>
    /// <param name="fromOffset">First offset that it may hold.</param>
    /// <param name="endOffset">First offset that it may not hold.</param>
    public static bool IsSound(ReadOnlySpan<byte> bytes, long fromOffset, long endOffset, out BatchHeader header) =>
        BatchCheck.IsWhole(bytes, out header) && header.LeaderEpoch == PartitionLog.LeaderEpoch && header.BaseOffset >= fromOffset && header.NextOffset <= endOffset;

    /// <summary>The batch that holds the offset, or the first after it when nothing is damaged between; null when there is none, or when the offset is
    /// among what is damaged.</summary>
    /// <param name="position">Where to begin: at a batch whose base offset is the expected one, or after it where there is a gap.</param>
    public (int Position, BatchHeader Header)? Find(long offset, int position, long expectedOffset, out bool isDamaged)
    {
        isDamaged = false;
        while (position < sizeBytes)
        {
            if (!IsSoundAt(position, expectedOffset, out var header))
            {
                var next = FindNext(position + 1, expectedOffset);
                isDamaged = offset < (next?.Header.BaseOffset ?? endOffset);
                if (next is null || isDamaged)
                    return null;
                (position, header) = next.Value;
            }

            if (header.LastOffset >= offset)
                return (position, header);
            expectedOffset = header.NextOffset;
            position += header.SizeBytes;
        }

        return null;
    }

    private (int Position, BatchHeader Header)? FindNext(int position, long fromOffset)
    {
        var window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            for (; position + BatchHeader.Bytes <= sizeBytes; position += WindowBytes - BatchHeader.Bytes + 1)
            {
                var read = file.ReadFully(window.AsSpan(0, Math.Min(WindowBytes, sizeBytes - position)), position);
                for (var at = 0; at + BatchHeader.Bytes <= read; at++)
                {
                    if (IsPossible(BatchHeader.Read(window.AsSpan(at)), fromOffset, position + at) && IsSoundAt(position + at, fromOffset, out var header))
                        return (position + at, header);
                }
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private bool IsPossible(in BatchHeader header, long fromOffset, int position) =>
        header.Magic == BatchHeader.SupportedMagic && header.LeaderEpoch == PartitionLog.LeaderEpoch && header.LastOffsetDelta >= 0
        && header.SizeBytes >= BatchHeader.Bytes && header.SizeBytes <= sizeBytes - position
        && header.BaseOffset >= fromOffset && header.NextOffset <= endOffset;

    private bool IsSoundAt(int position, long expectedOffset, out BatchHeader header)
    {
        using var scanner = new BatchScanner(file, position, sizeBytes, BatchHeader.Bytes);
        header = scanner.MoveNext() ? scanner.Header : default;
        if (header.Magic == 0 || !IsPossible(header, expectedOffset, position) || scanner.BatchIfWhole() is not { } batch || !BatchCheck.IsWhole(batch.Span, out _))
            return false;
        // Behind a gap, its offset may be wrong upwards: then it overlaps what follows.
        return header.BaseOffset == expectedOffset || !scanner.MoveNext() || scanner.Header.BaseOffset >= header.NextOffset || scanner.Header.BaseOffset < expectedOffset;
    }
}
