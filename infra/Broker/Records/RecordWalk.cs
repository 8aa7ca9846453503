namespace Streaming.Broker.Records;

/// <summary>One record of an uncompressed batch: its deltas, and where key, value and headers lie.</summary>
internal readonly ref struct RecordView(
    long timestampDelta, int offsetDelta, bool hasKey, ReadOnlySpan<byte> key, bool hasValue, ReadOnlySpan<byte> value,
    ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> afterTimestamp)
{
    public long TimestampDelta => timestampDelta;

    public int OffsetDelta => offsetDelta;

    public bool HasKey => hasKey;

    /// <summary>Empty also when there is no key.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>False: a tombstone.</summary>
    public bool HasValue => hasValue;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The whole record, its length included.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>What follows the timestamp, so that a record can be given another one.</summary>
    public ReadOnlySpan<byte> AfterTimestamp { get; } = afterTimestamp;
}

/// <summary>Walks the records of an uncompressed batch over its bytes, checking every length. Allocates nothing.</summary>
/// <remarks>A record: length, attributes (1 byte), timestamp delta, offset delta, key length, key, value length, value, header count, headers;
/// lengths, deltas and counts are zigzag varints. Source: Kafka documentation, "Record".</remarks>
internal ref struct RecordWalk(ReadOnlySpan<byte> records)
{
    private readonly ReadOnlySpan<byte> _bytes = records;
    private int _position;

    /// <summary>The record last moved to.</summary>
    public RecordView Current { get; private set; }

    /// <summary>What is wrong with the bytes, once <see cref="MoveNext"/> returned false before the last record.</summary>
    public string? Error { get; private set; }

    public readonly bool IsAtEnd => _position == _bytes.Length;

    /// <summary>Walks all records. Null: they are what the batch's head says. Those without a key are added to <paramref name="keyless"/>, where it is given.</summary>
    public static string? Check(ReadOnlySpan<byte> records, int recordCount, ICollection<RejectedRecord>? keyless)
    {
        var walk = new RecordWalk(records);
        for (var i = 0; i < recordCount; i++)
        {
            if (!walk.MoveNext())
                return $"Record {i} of {recordCount}: {walk.Error ?? "missing"}.";
            if (walk.Current.OffsetDelta != i)
                return $"Record {i} of {recordCount} has offset delta {walk.Current.OffsetDelta}.";
            if (!walk.Current.HasKey && keyless is { Count: < RejectedRecord.CountMax })
                keyless.Add(new RejectedRecord(i, "The record has no key, which a compacted topic needs."));
        }

        return walk.IsAtEnd ? null : $"{records.Length - walk._position} bytes after the last of {recordCount} records.";
    }

    public bool MoveNext()
    {
        if (IsAtEnd || Error is not null)
            return false;
        var start = _position;
        return TryVarint(out var sizeBytes) && sizeBytes > 0 && sizeBytes <= _bytes.Length - _position && TryRecord(start, (int)sizeBytes)
            ? true
            : Fail("its length or content is damaged");
    }

    private bool TryRecord(int start, int sizeBytes)
    {
        var end = _position + sizeBytes;
        _position++; // attributes: none are defined
        if (!TryVarint(out var timestampDelta))
            return false;
        var afterTimestamp = _position;
        if (!TryVarint(out var offsetDelta)
            || !TryBytes(end, out var hasKey, out var key) || !TryBytes(end, out var hasValue, out var value)
            || !TrySkipHeaders(end) || _position != end)
            return false;
        Current = new RecordView(timestampDelta, (int)offsetDelta, hasKey, key, hasValue, value, _bytes[start..end], _bytes[afterTimestamp..end]);
        return true;
    }

    private bool TrySkipHeaders(int end)
    {
        if (!TryVarint(out var count) || count < 0)
            return false;
        for (; count > 0; count--)
        {
            if (!TryBytes(end, out var hasName, out _) || !hasName || !TryBytes(end, out _, out _))
                return false;
        }

        return true;
    }

    private bool TryBytes(int end, out bool isPresent, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        isPresent = false;
        if (!TryVarint(out var sizeBytes) || sizeBytes < -1 || sizeBytes > end - _position)
            return false;
        if (sizeBytes == -1)
            return true;
        isPresent = true;
        bytes = _bytes.Slice(_position, (int)sizeBytes);
        _position += (int)sizeBytes;
        return true;
    }

    private bool TryVarint(out long value)
    {
        ulong raw = 0;
        value = 0;
        for (var shift = 0; shift < 64 && _position < _bytes.Length; shift += 7)
        {
            var next = _bytes[_position++];
            raw |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80)
                continue;
            value = (long)(raw >> 1) ^ -(long)(raw & 1);
            return true;
        }

        return false;
    }

    private bool Fail(string error)
    {
        Error = error;
        return false;
    }
}
