namespace Streaming.Lake.Delta;

/// <summary>What a table is as of one version of its log.</summary>
internal sealed class Snapshot
{
    // By the decoded path: writers differ in what they encode.
    private readonly Dictionary<string, AddFile> _files = [];
    private readonly Dictionary<string, RemoveFile> _removed = [];
    private readonly Dictionary<string, AppTransaction> _transactions = [];

    /// <summary>-1 for a table that there is not yet.</summary>
    public long Version { get; private set; } = -1;

    public bool Exists => Version >= 0;

    public Protocol? Protocol { get; private set; }

    public TableMetadata? Metadata { get; private set; }

    /// <summary>The files that the table consists of.</summary>
    public IReadOnlyCollection<AddFile> Files => _files.Values;

    /// <summary>Files that belonged to earlier versions, and may still be there.</summary>
    public IReadOnlyCollection<RemoveFile> Removed => _removed.Values;

    public IReadOnlyCollection<AppTransaction> Transactions => _transactions.Values;

    public bool Has(AddFile file) => _files.ContainsKey(file.Location);

    /// <summary>How far the application has got; null when it never said.</summary>
    public long? VersionOf(string appId) => _transactions.TryGetValue(appId, out var transaction) ? transaction.Version : null;

    /// <summary>Drops what is said of files that were removed before; those who must go at once, at time 0, stay on the list.</summary>
    public void ForgetRemoved(long beforeMs)
    {
        foreach (var (path, removed) in _removed)
        {
            if (removed.DeletedAtMs > 0 && removed.DeletedAtMs < beforeMs)
                _removed.Remove(path);
        }
    }

    /// <summary>Drops what is said of a removed file, because it is gone.</summary>
    public void Forget(RemoveFile removed) => _removed.Remove(removed.Location);

    /// <summary>Goes on by one version, or from nothing to a checkpoint's.</summary>
    /// <exception cref="UnsupportedTableException">The table asks its readers for more than is known here.</exception>
    public void Apply(long version, IEnumerable<DeltaAction> actions)
    {
        foreach (var action in actions)
            Apply(action);
        Version = version;
        if (Protocol is null || Metadata is null)
            throw new MalformedTableException($"Version {version} of the table has no protocol, or no schema.");
    }

    private void Apply(DeltaAction action)
    {
        switch (action)
        {
            case Protocol protocol when IsKnown(protocol): Protocol = protocol; break;
            case Protocol protocol:
                throw new UnsupportedTableException(
                    $"The table asks for readers of version {protocol.MinReaderVersion} ({string.Join(", ", protocol.ReaderFeatures ?? [])}); this is one of version 1.");
            case TableMetadata metadata: Metadata = metadata; break;
            case AppTransaction transaction: _transactions[transaction.AppId] = transaction; break;
            case AddFile add:
                _files[add.Location] = add;
                _removed.Remove(add.Location);
                break;
            case RemoveFile remove:
                _files.Remove(remove.Location);
                _removed[remove.Location] = remove;
                break;
        }
    }

    // A time without a zone changes nothing for who reads logs and files; all else that a table may ask for does.
    private static bool IsKnown(Protocol protocol) =>
        protocol.MinReaderVersion <= 1 || (protocol.MinReaderVersion == 3 && protocol.ReaderFeatures is { } features && features.All(feature => feature == "timestampNtz"));
}
