using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;
using Streaming.Search.Store;

namespace Streaming.Search.Indices;

/// <summary>An index: its mapping, its documents, and what keeps both on disk.</summary>
internal sealed class SearchIndex : IAsyncDisposable
{
    private const int IdBytesMax = 512;

    [ThreadStatic]
    private static ParsedDocument? t_parsed;

    private readonly Lock _mappingGate = new();
    private readonly Translog _translog;
    private readonly DocumentSpace _space;
    private IndexDescription _description;
    private volatile IndexMapping _mapping;

    private SearchIndex(string folder, IndexDescription description, IndexMapping mapping, DocumentSpace space, Translog translog, IndexUpkeep upkeep)
    {
        (Folder, _description, _mapping, _space, _translog, Upkeep) = (folder, description, mapping, space, translog, upkeep);
    }

    public string Folder { get; }

    public IndexDescription Description => _description;

    public string Name => _description.Name;

    public IndexMapping Mapping => _mapping;

    public IndexUpkeep Upkeep { get; }

    public static SearchIndex Create(string folder, IndexDescription description, IndexMapping mapping, SearchServerOptions options, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        WriteDescription(folder, ref description, mapping);
        return Open(folder, options, time, logger);
    }

    /// <exception cref="DamagedFileException">A file is not what was written.</exception>
    public static SearchIndex Open(string folder, SearchServerOptions options, TimeProvider time, ILogger logger)
    {
        var description = ReadDescription(folder);
        var mapping = MappingReader.Merge(IndexMapping.Empty, description.Mapping);
        var recovered = Recovery.Run(folder, mapping);
        var upkeep = new IndexUpkeep(folder, description, recovered, options, time, logger);
        return new SearchIndex(folder, description, mapping, recovered.Space, recovered.Translog, upkeep);
    }

    /// <summary>The name of the index in a folder; null where it cannot be read.</summary>
    public static string? NameOf(string folder)
    {
        try
        {
            return ReadDescription(folder).Name;
        }
        catch (DamagedFileException)
        {
            return null;
        }
    }

    /// <summary>Writes a document. It is safe once <see cref="SyncAsync"/> has returned for the position.</summary>
    /// <exception cref="SearchFailure">The mapping refuses it, or its condition does not hold.</exception>
    public WriteResult Index(ReadOnlySpan<byte> id, ReadOnlySpan<byte> source, in VersionCheck check, out long position)
    {
        Validate(id);
        var parsed = t_parsed ??= new ParsedDocument();
        var mapping = Read(source, parsed);
        var hash = TermHash.Of(id);
        lock (_space.Gate)
        {
            Upkeep.ThrowIfBroken();
            var before = _space.Find(id, hash);
            var current = before.Current;
            var version = check.Type == VersionType.Internal && check is { MustCreate: false, IfSequence: null }
                ? current.Version + 1
                : check.Next(current, Encoding.UTF8.GetString(id), Name);
            var sequence = _space.NextSequence++;
            position = _translog.Append(new Operation(isDeletion: false, sequence, version, id, source));
            _space.Add(before, id, hash, version, sequence, source, parsed, mapping);
            return current.IsThere ? new WriteResult("updated", version, sequence, 200) : new WriteResult("created", version, sequence, 201);
        }
    }

    /// <summary>Deletes a document, and keeps its version: an older one that comes later is still refused.</summary>
    /// <exception cref="SearchFailure">Its condition does not hold.</exception>
    public WriteResult Delete(ReadOnlySpan<byte> id, in VersionCheck check, out long position)
    {
        Validate(id);
        var hash = TermHash.Of(id);
        lock (_space.Gate)
        {
            Upkeep.ThrowIfBroken();
            var before = _space.Find(id, hash);
            var current = before.Current;
            var version = check.Next(current, Encoding.UTF8.GetString(id), Name);
            var sequence = _space.NextSequence++;
            position = _translog.Append(new Operation(isDeletion: true, sequence, version, id, []));
            _space.AddStub(before, id, hash, version, sequence);
            return current.IsThere ? new WriteResult("deleted", version, sequence, 200) : new WriteResult("not_found", version, sequence, 404);
        }
    }

    /// <summary>The newest version of a document, whether or not a search sees it yet; null when it is not there.</summary>
    public StoredDocument? Get(ReadOnlySpan<byte> id)
    {
        var hash = TermHash.Of(id);
        Location found;
        lock (_space.Gate)
        {
            found = _space.Find(id, hash);
            if (!found.Current.IsThere)
                return null;
            if (found.Builder is { } builder)
                return new StoredDocument(found.StoredVersion, found.Sequence, builder.SourceOf(found.Document).ToArray());
            if (!found.Live!.Segment.TryHold())
                throw new InvalidOperationException($"{found.Live.Segment.Path} is closed.");
        }

        using var segment = found.Live.Segment;
        return new StoredDocument(found.StoredVersion, found.Sequence, segment.ReadSource(found.Document));
    }

    public Task SyncAsync(long position) => _translog.SyncAsync(position);

    /// <summary>Adds to the mapping.</summary>
    /// <exception cref="SearchFailure">It contradicts what is there.</exception>
    public void PutMapping(JsonElement added)
    {
        lock (_mappingGate)
            Replace(MappingReader.Merge(_mapping, added));
    }

    public ValueTask DisposeAsync() => Upkeep.DisposeAsync();

    private IndexMapping Read(ReadOnlySpan<byte> source, ParsedDocument parsed)
    {
        var mapping = _mapping;
        DocumentReader.Read(source, mapping, parsed);
        while (parsed.Unmapped.Count > 0)
        {
            lock (_mappingGate)
            {
                // Somebody else may have added them in the meantime.
                if (ReferenceEquals(mapping, _mapping))
                    Replace(Discovery.Extend(_mapping, parsed.Unmapped));
                mapping = _mapping;
            }

            DocumentReader.Read(source, mapping, parsed);
        }

        return mapping;
    }

    private void Replace(IndexMapping mapping)
    {
        WriteDescription(Folder, ref _description, mapping);
        _mapping = mapping;
    }

    private static void Validate(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            throw SearchFailure.IllegalArgument("if _id is specified it must not be empty");
        if (id.Length > IdBytesMax)
            throw SearchFailure.IllegalArgument($"id is too long, must be no longer than {IdBytesMax} bytes but was: {id.Length}");
    }

    private static void WriteDescription(string folder, ref IndexDescription description, IndexMapping mapping)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
            MappingWriter.Write(json, mapping);
        using var document = JsonDocument.Parse(text.ToArray());
        description = description with { Mapping = document.RootElement.Clone() };
        DurableFile.Write(DescriptionPath(folder), JsonSerializer.SerializeToUtf8Bytes(description, StoreJson.Default.IndexDescription));
    }

    private static IndexDescription ReadDescription(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(DurableFile.Read(DescriptionPath(folder)), StoreJson.Default.IndexDescription)
                ?? throw new DamagedFileException(DescriptionPath(folder), "it is empty");
        }
        catch (JsonException cause)
        {
            throw new DamagedFileException(DescriptionPath(folder), "it is no JSON", cause);
        }
    }

    private static string DescriptionPath(string folder) => Path.Combine(folder, "index");
}

/// <summary>A document as it was written.</summary>
internal sealed record StoredDocument(long Version, long Sequence, byte[] Source);
