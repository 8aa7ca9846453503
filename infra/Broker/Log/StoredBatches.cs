using System.Buffers;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Records;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Log;

/// <summary>Batches of one segment that are known by their place and are read when they are sent, some at a time, each checked before it goes.</summary>
/// <remarks>The reader's connection ends at a batch that is damaged, and the log is told: from then on it reads before it promises, so that the
/// next answer ends before the damage, and the one after it says what is wrong.</remarks>
/// <param name="position">Of the first batch, which is known to be whole at its place but for its checksum.</param>
/// <param name="firstOffset">Base offset of the first batch.</param>
/// <param name="end">Position behind the last batch.</param>
/// <param name="endOffset">All of them begin before this offset.</param>
/// <param name="readableBytes">How far the segment can be looked into.</param>
/// <param name="pieceBytes">How much is read at a time, but for a batch that with the head behind it is larger.</param>
internal sealed class StoredBatches(
    SafeFileHandle file, int position, long firstOffset, int end, long endOffset, int readableBytes, int pieceBytes, Action<long> reportDamage) : IDeferredBytes, IDisposable
{
    private byte[] _buffer = [];
    private int _position = position;
    private long _expectedOffset = firstOffset;

    public int SizeBytes { get; } = end - position;

    /// <summary>How much memory they take while they are sent.</summary>
    public int HeldBytes => (int)BitOperations.RoundUpToPowerOf2((uint)pieceBytes);   // As the pool has them.

    /// <summary>All of the batches begin before this offset.</summary>
    public long EndOffset => endOffset;

    public ReadOnlyMemory<byte> Next()
    {
        if (_position == end)
        {
            Dispose();
            return ReadOnlyMemory<byte>.Empty;
        }

        try
        {
            var soundBytes = ReadSound(pieceBytes);
            if (soundBytes == 0)
                soundBytes = ReadSound((long)BatchHeader.Read(_buffer).SizeBytes + BatchHeader.Bytes);   // It alone is larger, or it is damaged.
            if (soundBytes == 0 || soundBytes > end - _position)
                throw new IOException($"The records at offset {_expectedOffset} are damaged.");
            _position += soundBytes;
            _expectedOffset = BatchSpan.NextOffset(_buffer.AsSpan(0, soundBytes));
            return _buffer.AsMemory(0, soundBytes);
        }
        catch (IOException)
        {
            reportDamage(_expectedOffset);
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // With the head of the batch behind them, which tells whether the last one is at its place.
    private int ReadSound(long windowBytes)
    {
        var wanted = (int)Math.Clamp(windowBytes, 0, Math.Min(end - _position + BatchHeader.Bytes, readableBytes - _position));
        if (_buffer.Length < wanted || _buffer.Length > Math.Max(wanted, HeldBytes))
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, BatchHeader.Bytes));
        }

        var read = file.ReadFully(_buffer.AsSpan(0, wanted), _position);
        return BatchSpan.SoundBefore(_buffer.AsSpan(0, read), endOffset, _expectedOffset, isSegmentEnd: _position + read == readableBytes).Bytes;
    }
}
