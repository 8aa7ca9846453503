using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Streaming.Sinks.Sql.Database;

/// <summary>Rows in PostgreSQL's binary COPY format, in one growing array that is used again for the next batch.</summary>
/// <remarks>
/// Header: signature, flags, extension length; a row: column count (int16), then each value behind its size (int32, -1 for null); end: -1 (int16).
/// All big-endian. Source: PostgreSQL documentation, COPY, "Binary Format".
/// Own, because Npgsql's importer costs as much per value as PostgreSQL itself (see the benchmark of the SQL sink).
/// </remarks>
internal sealed class CopyBuffer : IBufferWriter<byte>
{
    private const int PrefixBytes = sizeof(int);
    private const byte JsonbVersion = 1;
    private static readonly long _epochTicks = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private int _valueStart;

    public int RowCount { get; private set; }

    /// <summary>Forgets everything and writes the header.</summary>
    public void Begin()
    {
        _length = 0;
        RowCount = 0;
        Put(Signature);
        PutInt32(0);
        PutInt32(0);
    }

    /// <summary>The bytes of a value that is put together elsewhere.</summary>
    public Span<byte> Value(int sizeBytes)
    {
        PutInt32(sizeBytes);
        return Take(sizeBytes);
    }

    public void Row(short columnCount)
    {
        RowCount++;
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), columnCount);
    }

    public void Null() => PutInt32(-1);

    public void Int32(int value)
    {
        PutInt32(sizeof(int));
        PutInt32(value);
    }

    public void Int64(long value)
    {
        PutInt32(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);
    }

    public void Uuid(Guid value)
    {
        PutInt32(16);
        value.TryWriteBytes(Take(16), bigEndian: true, out _);
    }

    public void Int32(int? value)
    {
        if (value is { } known)
            Int32(known);
        else
            Null();
    }

    public void Int64(long? value)
    {
        if (value is { } known)
            Int64(known);
        else
            Null();
    }

    public void Boolean(bool value)
    {
        PutInt32(1);
        Put([value ? (byte)1 : (byte)0]);
    }

    public void Numeric(decimal value) => CopyNumeric.Append(this, value);

    public void Numeric(decimal? value)
    {
        if (value is { } known)
            Numeric(known);
        else
            Null();
    }

    /// <summary>A timestamptz: microseconds since 2000-01-01 UTC; what is finer is cut off.</summary>
    public void Timestamp(DateTimeOffset value) => Int64((value.UtcTicks - _epochTicks) / TimeSpan.TicksPerMicrosecond);

    /// <param name="value">In UTC.</param>
    public void Timestamp(DateTime value) => Int64((value.Ticks - _epochTicks) / TimeSpan.TicksPerMicrosecond);

    public void Timestamp(DateTime? value)
    {
        if (value is { } known)
            Timestamp(known);
        else
            Null();
    }

    /// <exception cref="UnstorableTextException">The text holds U+0000.</exception>
    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        if (value.Contains('\0', StringComparison.Ordinal))
            throw new UnstorableTextException();
        var space = GetSpan(PrefixBytes + Encoding.UTF8.GetMaxByteCount(value.Length));
        var sizeBytes = Encoding.UTF8.GetBytes(value, space[PrefixBytes..]);
        BinaryPrimitives.WriteInt32BigEndian(space, sizeBytes);
        _length += PrefixBytes + sizeBytes;
    }

    /// <summary>Text that is UTF-8 already.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        PutInt32(utf8.Length);
        Put(utf8);
    }

    /// <summary>JSON, as its text.</summary>
    /// <exception cref="UnstorableTextException">A text in it holds U+0000, escaped.</exception>
    public void Jsonb(string json)
    {
        if (HoldsNul(json))
            throw new UnstorableTextException();
        BeginJsonb();
        var space = GetSpan(Encoding.UTF8.GetMaxByteCount(json.Length));
        Advance(Encoding.UTF8.GetBytes(json, space));
        EndJsonb();
    }

    /// <summary>Whatever is written to this buffer until <see cref="EndJsonb"/> is the JSON of one value.</summary>
    public void BeginJsonb()
    {
        _valueStart = _length;
        PutInt32(0);
        Put([JsonbVersion]);
    }

    public void EndJsonb() => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_valueStart), _length - _valueStart - PrefixBytes);

    /// <summary>Sends all rows by one COPY statement, such as <c>COPY stock_movements (sku, …) FROM STDIN (FORMAT BINARY)</c>.</summary>
    public async Task SendAsync(NpgsqlConnection connection, string copyStatement, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await using var stream = await connection.BeginRawBinaryCopyAsync(copyStatement, cancellationToken);
        await stream.WriteAsync(_bytes.AsMemory(0, _length), cancellationToken);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureSpace(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureSpace(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    // jsonb refuses the escape. Behind an odd number of backslashes it is none, but a backslash and letters.
    private static bool HoldsNul(string json)
    {
        for (var at = json.IndexOf("\\u0000", StringComparison.Ordinal); at >= 0; at = json.IndexOf("\\u0000", at + 1, StringComparison.Ordinal))
        {
            var backslashes = 1;
            while (at >= backslashes && json[at - backslashes] == '\\')
                backslashes++;
            if (backslashes % 2 == 1)
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> Signature => [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00];

    private void PutInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    private void Put(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int sizeBytes)
    {
        EnsureSpace(sizeBytes);
        var taken = _bytes.AsSpan(_length, sizeBytes);
        _length += sizeBytes;
        return taken;
    }

    private void EnsureSpace(int sizeBytes)
    {
        if (_bytes.Length - _length < sizeBytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + sizeBytes));
    }
}

/// <summary>PostgreSQL's text and jsonb hold every character but U+0000.</summary>
internal sealed class UnstorableTextException()
    : Exception("a text in it holds U+0000, which PostgreSQL cannot store. Refuse such text where commands come in.");
