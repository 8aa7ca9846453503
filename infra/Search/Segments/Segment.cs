using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Segments;

/// <summary>A part of an index that never changes. What is searched is mapped into memory; sources are read from the file when they are asked for.</summary>
/// <remarks>Counted: whoever reads it holds it, and the last one to leave unmaps it.</remarks>
internal sealed unsafe class Segment : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, SectionEntry> _sections;
    private readonly Dictionary<int, FieldData> _fields;
    private readonly MemoryMappedFile? _mapped;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private readonly long _startOffset;
    private int _holders = 1;
    private volatile bool _isObsolete;
    private int[]? _byId;

    private Segment(string path, SafeFileHandle file, SegmentSummary summary)
    {
        (Path, _file, DocumentCount) = (path, file, summary.DocumentCount);
        _sections = summary.Sections.ToDictionary(section => section.Name);
        _startOffset = _sections[Sections.Source].Offset + _sections[Sections.Source].Length;
        var length = RandomAccess.GetLength(file) - _startOffset;
        _mapped = MemoryMappedFile.CreateFromFile(file, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _mapped.CreateViewAccessor(_startOffset, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
        Stubs = FindStubs();
        _fields = summary.Fields.ToDictionary(field => field.Number, field => FieldData.Open(this, field));
    }

    public string Path { get; }

    public int DocumentCount { get; }

    /// <summary>Documents that are only the memory of a deletion.</summary>
    public ulong[] Stubs { get; }

    public ReadOnlySpan<long> Versions => View<long>(Sections.Versions);

    public ReadOnlySpan<long> Sequences => View<long>(Sections.Sequences);

    public IEnumerable<FieldData> Fields => _fields.Values;

    public long SizeBytes => RandomAccess.GetLength(_file);

    /// <exception cref="DamagedFileException">A checksum, or a length, is wrong.</exception>
    /// <param name="verify">Reads everything once. Not for what was written a moment ago.</param>
    public static Segment Open(string path, bool verify)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            var summary = SegmentCheck.ReadSummary(path, file);
            if (verify)
                SegmentCheck.Verify(path, file, summary);
            return new Segment(path, file, summary);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public FieldData? Find(Field field) => _fields.GetValueOrDefault(field.Number);

    public T? Find<T>(Field field)
        where T : FieldData => _fields.GetValueOrDefault(field.Number) as T;

    public ReadOnlySpan<T> View<T>(string section)
        where T : unmanaged
    {
        var entry = _sections[section];
        return new ReadOnlySpan<T>(_start + (entry.Offset - _startOffset), (int)(entry.Length / Unsafe.SizeOf<T>()));
    }

    public SectionEntry Entry(string section) => _sections[section];

    public ReadOnlySpan<byte> View(SectionEntry entry, long start, int length) => new(_start + (entry.Offset - _startOffset) + start, length);

    public ReadOnlySpan<T> View<T>(SectionEntry entry)
        where T : unmanaged => new(_start + (entry.Offset - _startOffset), (int)(entry.Length / Unsafe.SizeOf<T>()));

    public ReadOnlySpan<byte> IdOf(int document)
    {
        var ends = View<int>(Sections.IdEnds);
        return View<byte>(Sections.Ids)[(document == 0 ? 0 : ends[document - 1])..ends[document]];
    }

    /// <summary>The document of <paramref name="live"/> that has this id; -1 for none.</summary>
    public int Find(ReadOnlySpan<byte> id, uint hash, ulong[] live)
    {
        var table = View<ulong>(Sections.IdTable);
        for (var slot = hash & (uint)(table.Length - 1); ; slot = (slot + 1) & (uint)(table.Length - 1))
        {
            var entry = table[(int)slot];
            if (entry == 0)
                return -1;
            var document = (int)(uint)entry - 1;
            if ((uint)(entry >> 32) == hash && Bits.Has(live, document) && IdOf(document).SequenceEqual(id))
                return document;
        }
    }

    public byte[] ReadSource(int document)
    {
        var (start, length) = SourceRange(document, document);
        var source = new byte[length];
        ReadSource(start, source);
        return source;
    }

    public (long Start, long Length) SourceRange(int first, int last)
    {
        var ends = View<long>(Sections.SourceEnds);
        var start = first == 0 ? 0 : ends[first - 1];
        return (start, ends[last] - start);
    }

    public void ReadSource(long start, Span<byte> into)
    {
        var offset = _sections[Sections.Source].Offset + start;
        while (!into.IsEmpty)
        {
            var count = RandomAccess.Read(_file, into, offset);
            if (count == 0)
                throw new DamagedFileException(Path, "it ends before the documents do");
            into = into[count..];
            offset += count;
        }
    }

    /// <summary>Documents in the order of their ids, for sorting by <c>_id</c>. Made when it is asked for first; four bytes a document.</summary>
    public int[] ById() => Volatile.Read(ref _byId) ?? MakeById();

    public bool TryHold()
    {
        for (var holders = Volatile.Read(ref _holders); holders > 0; holders = Volatile.Read(ref _holders))
        {
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
                return true;
        }

        return false;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _mapped?.Dispose();
        _file.Dispose();
        if (_isObsolete)
            File.Delete(Path);
    }

    /// <summary>Its file goes when its last reader does.</summary>
    public void Obsolete() => _isObsolete = true;

    public void FlushToDisk() => RandomAccess.FlushToDisk(_file);

    private int[] MakeById()
    {
        var byId = new int[DocumentCount];
        for (var i = 0; i < byId.Length; i++)
            byId[i] = i;
        byId.AsSpan().Sort((left, right) => IdOf(left).SequenceCompareTo(IdOf(right)));
        Volatile.Write(ref _byId, byId);
        return byId;
    }

    private ulong[] FindStubs()
    {
        var stubs = Bits.None(DocumentCount);
        var versions = Versions;
        for (var document = 0; document < versions.Length; document++)
        {
            if (versions[document] < 0)
                Bits.Add(stubs, document);
        }

        return stubs;
    }
}
