using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Streaming.Search.Store;

namespace Streaming.Search.Segments;

/// <summary>Writes a segment's file: sections, each on a multiple of eight and with a checksum, then the summary, then where that begins.</summary>
internal sealed class SectionWriter : IDisposable
{
    public const int TrailerBytes = 16;
    public const ulong Magic = 0x31_4745_5358_4449;   // "IDXSEG1"
    private const int BufferBytes = 256 * 1_024;

    private readonly FileStream _file;
    private readonly List<SectionEntry> _sections = [];
    private readonly List<FieldSummary> _fields = [];
    private long _offset;
    private long _begin;
    private uint _checksum;
    private string? _name;

    public SectionWriter(string path) => _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);

    public void Begin(string name) => (_name, _begin, _checksum) = (name, _offset, Checksum.Begin);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(bytes);
        _checksum = Checksum.Continue(_checksum, bytes);
        _offset += bytes.Length;
    }

    public void End()
    {
        _sections.Add(new SectionEntry(_name!, _begin, _offset - _begin, ~_checksum));
        var padding = (int)(-_offset & 7);
        _file.Write(stackalloc byte[padding]);
        _offset += padding;
    }

    public void Section<T>(string name, ReadOnlySpan<T> items)
        where T : unmanaged
    {
        Begin(name);
        Write(MemoryMarshal.AsBytes(items));
        End();
    }

    public void Add(FieldSummary field) => _fields.Add(field);

    public void Finish(int documentCount)
    {
        var summary = JsonSerializer.SerializeToUtf8Bytes(new SegmentSummary(documentCount, _sections, _fields), SegmentJson.Default.SegmentSummary);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteInt32LittleEndian(trailer, summary.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], Checksum.Of(summary));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[8..], Magic);
        _file.Write(summary);
        _file.Write(trailer);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
