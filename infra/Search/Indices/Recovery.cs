using Streaming.Search.Documents;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;
using Streaming.Search.Segments;
using Streaming.Search.Store;

namespace Streaming.Search.Indices;

/// <summary>What an index's folder holds: the last commit, and the changes since.</summary>
internal sealed record Recovered(DocumentSpace Space, Translog Translog, long NextSegment);

/// <summary>Opens what an index was when its node ended, however it ended.</summary>
internal static class Recovery
{
    /// <exception cref="DamagedFileException">A file is not what was written.</exception>
    public static Recovered Run(string folder, IndexMapping mapping)
    {
        var commit = Commit.Read(folder);
        var space = new DocumentSpace { NextSequence = commit.NextSequence };
        RemoveStrays(folder, commit);
        try
        {
            foreach (var committed in commit.Segments)
                space.Segments.Add(Open(folder, committed));
            return new Recovered(space, Replay(folder, commit, space, mapping.Forgiving()), commit.NextSegment);
        }
        catch
        {
            space.Segments.ForEach(live => live.Segment.Dispose());
            throw;
        }
    }

    private static LiveSegment Open(string folder, CommittedSegment committed)
    {
        var path = Path.Combine(folder, committed.File);
        if (!File.Exists(path))
            throw new DamagedFileException(path, "the commit names it, and it is not there");
        var segment = Segment.Open(path, verify: true);
        var live = Bits.All(segment.DocumentCount);
        if (committed.Live is { Length: > 0 } bytes)
        {
            if (bytes.Length != live.Length * sizeof(ulong))
                throw new DamagedFileException(path, "the commit speaks of another number of documents");
            Buffer.BlockCopy(bytes, 0, live, 0, bytes.Length);
        }

        return new LiveSegment(segment, live, live.AsSpan().ToArray()) { IsOnDisk = true };
    }

    private static Translog Replay(string folder, Commit commit, DocumentSpace space, IndexMapping mapping)
    {
        var newest = commit.TranslogGeneration;
        while (File.Exists(Translog.PathOf(folder, newest + 1)))
            newest++;
        var (parsed, kept) = (new ParsedDocument(), 0L);
        for (var generation = commit.TranslogGeneration; generation <= newest; generation++)
        {
            var path = Translog.PathOf(folder, generation);
            if (File.Exists(path))
                kept = TranslogReader.Replay(path, generation == newest, (in operation) => Apply(operation, path, space, parsed, mapping));
        }

        return Translog.Open(folder, newest, kept);
    }

    private static void Apply(in Operation operation, string path, DocumentSpace space, ParsedDocument parsed, IndexMapping mapping)
    {
        var hash = TermHash.Of(operation.Id);
        lock (space.Gate)
        {
            var before = space.Find(operation.Id, hash);
            space.NextSequence = operation.Sequence + 1;
            if (operation.IsDeletion)
            {
                space.AddStub(before, operation.Id, hash, operation.Version, operation.Sequence);
                return;
            }

            try
            {
                DocumentReader.Read(operation.Source, mapping, parsed);
            }
            catch (SearchFailure cause)
            {
                throw new DamagedFileException(path, $"operation {operation.Sequence} does not fit the mapping ({cause.Message})", cause);
            }

            space.Add(before, operation.Id, hash, operation.Version, operation.Sequence, operation.Source, parsed, mapping);
        }
    }

    // Segments that were written after the last commit: their documents come from the translog again.
    private static void RemoveStrays(string folder, Commit commit)
    {
        var known = commit.Segments.Select(segment => segment.File).ToHashSet();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if ((name.StartsWith("segment-", StringComparison.Ordinal) && !known.Contains(name)) || name.EndsWith(".new", StringComparison.Ordinal))
                File.Delete(path);
        }

        for (var generation = commit.TranslogGeneration - 1; generation > 0 && File.Exists(Translog.PathOf(folder, generation)); generation--)
            File.Delete(Translog.PathOf(folder, generation));
    }
}
