using System.Globalization;
using Streaming.Lake.Storage;
using Streaming.Sinks.Positions;

namespace Streaming.LakeSink.Sequences;

/// <summary>Keeps a partition's <see cref="SequenceBook"/> as of an offset, so that a host that takes the partition over need not read all rows.</summary>
/// <remarks>Named by the fence of who wrote it, and by the offset. What cannot be read counts for nothing: then all rows are read.</remarks>
internal sealed class SequenceFile(ITableStore store, string root, SourcePartition source)
{
    private const int FormatVersion = 1;

    private readonly string _folder = $"{root}/_sequences/{source.Topic}/{source.Partition}";

    /// <summary>Reads the newest that is not behind an offset into the book.</summary>
    /// <returns>Before which offset every event is in the book; 0 for nothing.</returns>
    public async Task<long> ReadAsync(SequenceBook book, long nextOffset, CancellationToken cancellationToken)
    {
        var newest = (await ListAsync(cancellationToken)).Where(file => file.NextOffset <= nextOffset).OrderBy(file => (file.Fence, file.NextOffset)).LastOrDefault();
        if (newest.Path is null || await store.ReadAsync(newest.Path, cancellationToken) is not { } content)
            return 0;
        return Read(content, book) ? newest.NextOffset : 0;
    }

    /// <summary>Writes the book as of an offset, and removes what was written before.</summary>
    public async Task WriteAsync(SequenceBook book, long fence, long nextOffset, CancellationToken cancellationToken)
    {
        var before = await ListAsync(cancellationToken);
        var path = string.Create(CultureInfo.InvariantCulture, $"{_folder}/{fence:D10}-{nextOffset:D20}.bin");
        await store.WriteAsync(path, Write(book), cancellationToken);
        foreach (var old in before.Where(file => file.Path != path))
            await store.DeleteAsync(old.Path, cancellationToken);
    }

    private async Task<List<(string Path, long Fence, long NextOffset)>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await store.ListAsync(_folder, cancellationToken))
            .Select(file => (file.Path, Name: Path.GetFileNameWithoutExtension(file.Path).Split('-')))
            .Where(file => file.Path.EndsWith(".bin", StringComparison.Ordinal) && file.Name is [_, _])
            .Select(file => (file.Path, long.Parse(file.Name[0], CultureInfo.InvariantCulture), long.Parse(file.Name[1], CultureInfo.InvariantCulture))),
    ];

    private byte[] Write(SequenceBook book)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(FormatVersion);
            writer.Write(source.ClusterId);
            writer.Write(source.TopicId);
            writer.Write(book.Count);
            foreach (var (key, standing) in book.Entries)
            {
                writer.Write((ulong)(key >> 64));
                writer.Write((ulong)key);
                writer.Write(standing.Sequence);
                writer.Write(standing.Offset);
                writer.Write(standing.Hash is not null);
                writer.Write(standing.Hash ?? 0);
            }
        }
        return stream.ToArray();
    }

    private bool Read(ReadOnlyMemory<byte> content, SequenceBook book)
    {
        try
        {
            var entries = Entries(content);
            foreach (var (key, standing) in entries)
                book.Add(key, standing);
            return entries.Count > 0;
        }
        catch (Exception cause) when (cause is IOException or FormatException)
        {
            return false;
        }
    }

    private List<(UInt128 Key, Standing Standing)> Entries(ReadOnlyMemory<byte> content)
    {
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()));
        if (reader.ReadInt32() != FormatVersion || reader.ReadString() != source.ClusterId || reader.ReadString() != source.TopicId)
            return [];
        var entries = new List<(UInt128, Standing)>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
            var (sequence, offset, hasHash, hash) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadBoolean(), reader.ReadInt64());
            entries.Add((key, new(sequence, offset, hasHash ? hash : null)));
        }
        return entries;
    }
}
