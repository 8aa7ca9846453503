namespace Streaming.Local.Postgres;

/// <summary>Where a private PostgreSQL lives, and how much it takes care of what it holds.</summary>
public sealed class PrivatePostgresOptions
{
    /// <summary>
    /// Folder of this server. The data is inside, or, when the server runs as a user who cannot reach this folder, in
    /// <c>/var/lib/streaming</c> with a link from here.
    /// </summary>
    public required string Home { get; init; }

    /// <summary>Loopback port. 0, or one that is taken: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Created with the cluster; later changes have no effect.</summary>
    public string Database { get; init; } = "streaming";

    /// <summary>What the server prints. Appended; inside <see cref="Home"/> when null.</summary>
    public string? LogFile { get; init; }

    /// <summary>For tests: nothing is synced to disk, and all of it is removed when the server stops, even after a kill of this process.</summary>
    public bool IsThrowaway { get; init; }
}
