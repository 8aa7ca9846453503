using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Streaming.Search.Failures;
using Streaming.Search.Mapping;

namespace Streaming.Search.Indices;

/// <summary>The node's indices and their aliases.</summary>
internal sealed class Catalogue : IAsyncDisposable
{
    private readonly SearchServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FileStream _lock;
    private readonly ConcurrentDictionary<string, SearchIndex> _indices = new();
    private readonly ConcurrentDictionary<string, (string Folder, Exception Cause)> _damaged = new();
    private readonly SemaphoreSlim _changing = new(1);

    private Catalogue(SearchServerOptions options, TimeProvider time, ILogger logger, FileStream held) =>
        (_options, _time, _logger, _lock, Aliases) = (options, time, logger, held, Aliases.Read(options.DataDirectory));

    public Aliases Aliases { get; private set; }

    public IEnumerable<SearchIndex> Indices => _indices.Values.OrderBy(index => index.Name, StringComparer.Ordinal);

    /// <summary>Indices whose files are damaged: named after their folders where even their names cannot be read.</summary>
    public IReadOnlyCollection<string> Damaged => [.. _damaged.Keys];

    private string IndicesFolder => Path.Combine(_options.DataDirectory, "indices");

    /// <summary>Opens every index. A damaged one is said and left out; the others are served.</summary>
    /// <exception cref="IOException">Another node has the folder.</exception>
    public static Catalogue Open(SearchServerOptions options, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(Path.Combine(options.DataDirectory, "indices"));
        FolderSync.Flush(options.DataDirectory);
        var held = new FileStream(Path.Combine(options.DataDirectory, "node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var catalogue = new Catalogue(options, time, logger, held);
            catalogue.OpenIndices();
            return catalogue;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <exception cref="SearchFailure">There is one, or the name is none.</exception>
    public async Task<SearchIndex> CreateAsync(string name, JsonElement? settings, JsonElement? mapping, JsonElement? aliases)
    {
        IndexName.Validate(name);
        var description = IndexSettings.Describe(name, _time.GetUtcNow(), settings);
        var fields = mapping is { } given ? MappingReader.Merge(IndexMapping.Empty, given) : IndexMapping.Empty;
        await _changing.WaitAsync();
        try
        {
            ThrowIfTaken(name);
            var index = SearchIndex.Create(Path.Combine(IndicesFolder, description.Uuid), description, fields, _options, _time, _logger);
            FolderSync.Flush(IndicesFolder);
            _indices[name] = index;
            if (aliases is { ValueKind: JsonValueKind.Object } added)
                Replace(added.EnumerateObject().Aggregate(Aliases, (book, alias) => book.Add(alias.Name, name, AliasActions.ReadOptions(alias.Value))));
            return index;
        }
        finally
        {
            _changing.Release();
        }
    }

    public async Task DeleteAsync(string name)
    {
        await _changing.WaitAsync();
        try
        {
            if (_damaged.TryRemove(name, out var damaged))
            {
                Replace(Aliases.Without(name));
                DeleteFolder(damaged.Folder);
                return;
            }

            if (!_indices.TryRemove(name, out var index))
                throw Aliases.IndicesOf(name).Count > 0
                    ? SearchFailure.IllegalArgument($"The provided expression [{name}] matches an alias, specify the corresponding concrete indices instead.")
                    : SearchFailure.NoIndex(name);
            Replace(Aliases.Without(name));
            await index.DisposeAsync();
            DeleteFolder(index.Folder);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Changes aliases all at once, or not at all.</summary>
    public async Task ChangeAliasesAsync(Func<Aliases, Aliases> change)
    {
        await _changing.WaitAsync();
        try
        {
            Replace(change(Aliases));
        }
        finally
        {
            _changing.Release();
        }
    }

    public SearchIndex? Find(string name) => _indices.GetValueOrDefault(name);

    /// <summary>The index that a name or an alias of a single index stands for.</summary>
    /// <exception cref="SearchFailure">None, or several.</exception>
    /// <param name="aliases">As they were when the request began: all of it sees the same ones.</param>
    public SearchIndex Single(string name, Aliases? aliases = null)
    {
        if (_indices.TryGetValue(name, out var index))
            return index;
        var indices = (aliases ?? Aliases).IndicesOf(name);
        return indices.Count switch
        {
            0 => throw Missing(name),
            1 => At(indices[0]),
            _ => throw SearchFailure.IllegalArgument($"alias [{name}] has more than one index associated with it [{string.Join(", ", indices)}], can't execute a single index op"),
        };
    }

    /// <summary>The index that writes to a name go to; made when there is none, as Elasticsearch does.</summary>
    public async Task<SearchIndex> ForWritingAsync(string name)
    {
        if (FindForWriting(name) is { } index)
            return index;
        if (_damaged.TryGetValue(name, out var damaged))
            throw SearchFailure.Broken(name, damaged.Cause);
        try
        {
            return await CreateAsync(name, null, null, null);
        }
        catch (SearchFailure taken) when (taken.Type == "resource_already_exists_exception")
        {
            return FindForWriting(name) ?? throw SearchFailure.NoIndex(name);
        }
    }

    /// <summary>All indices that an expression names: names, aliases and patterns with <c>*</c>, separated by commas. Null names all.</summary>
    public IReadOnlyList<SearchIndex> Resolve(string? expression)
    {
        if (expression is null or "_all" or "*")
            return [.. Indices];
        var (found, aliases) = (new List<SearchIndex>(), Aliases);   // Once: a change in between is seen by all names, or by none.
        foreach (var name in expression.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.Contains('*'))
            {
                found.AddRange(Indices.Where(index => IndexName.Matches(name, index.Name) || aliases.Of(index.Name).Any(alias => IndexName.Matches(name, alias.Name))));
                continue;
            }

            var indices = _indices.TryGetValue(name, out var index) ? [index] : aliases.IndicesOf(name).Select(At).ToList();
            found.AddRange(indices.Count > 0 ? indices : throw Missing(name));
        }

        return [.. found.Distinct()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var index in _indices.Values)
            await index.DisposeAsync();
        await _lock.DisposeAsync();
        _changing.Dispose();
    }

    private SearchIndex? FindForWriting(string name)
    {
        if (_indices.TryGetValue(name, out var index))
            return index;
        if (Aliases.IndicesOf(name) is not { Count: > 0 } indices)
            return null;
        var target = Aliases.WriteIndexOf(name) ?? throw SearchFailure.IllegalArgument(
            $"no write index is defined for alias [{name}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index");
        return indices.Contains(target) ? At(target) : throw SearchFailure.NoIndex(target);
    }

    private void OpenIndices()
    {
        foreach (var folder in Directory.EnumerateDirectories(IndicesFolder).Order(StringComparer.Ordinal))
        {
            if (folder.EndsWith(".deleted", StringComparison.Ordinal))
            {
                Directory.Delete(folder, recursive: true);
                continue;
            }

            try
            {
                // Without its description an index was never acknowledged.
                if (!File.Exists(Path.Combine(folder, "index")))
                    continue;
                var index = SearchIndex.Open(folder, _options, _time, _logger);
                _indices[index.Name] = index;
            }
            catch (Exception cause) when (cause is DamagedFileException or SearchFailure)
            {
                _damaged[SearchIndex.NameOf(folder) ?? Path.GetFileName(folder)] = (folder, cause);
                _logger.IndexNotOpened(cause, folder, cause.Message);
            }
        }

        Aliases = Aliases.Only(name => _indices.ContainsKey(name) || _damaged.ContainsKey(name));
    }

    private void ThrowIfTaken(string name)
    {
        if (_indices.TryGetValue(name, out var existing))
            throw SearchFailure.IndexExists(name, existing.Description.Uuid);
        if (_damaged.TryGetValue(name, out var damaged))
            throw SearchFailure.Broken(name, damaged.Cause);
        if (Aliases.IndicesOf(name).Count > 0)
            throw new SearchFailure(400, "invalid_index_name_exception", $"Invalid index name [{name}], already exists as alias", name);
    }

    private SearchIndex At(string name) => _indices.TryGetValue(name, out var index) ? index : throw Missing(name);

    private SearchFailure Missing(string name) => _damaged.TryGetValue(name, out var damaged) ? SearchFailure.Broken(name, damaged.Cause) : SearchFailure.NoIndex(name);

    private void Replace(Aliases aliases)
    {
        aliases.Write(_options.DataDirectory);
        Aliases = aliases;
    }

    // Renamed first: what a crash leaves of it is no index any more.
    private static void DeleteFolder(string folder)
    {
        var gone = folder + ".deleted";
        Directory.Move(folder, gone);
        FolderSync.Flush(Path.GetDirectoryName(folder)!);
        Directory.Delete(gone, recursive: true);
    }
}
