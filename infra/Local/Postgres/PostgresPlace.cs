using System.Security.Cryptography;
using System.Text;

namespace Streaming.Local.Postgres;

/// <summary>The folder that the server's user owns: <c>{home}/server</c>, or what that links to.</summary>
/// <remarks>
/// <c>cluster/data</c> is PostgreSQL's, <c>cluster/password</c> our password for it. Both come into being at once, by the rename of
/// <c>cluster.new</c>: a start that was interrupted is simply done again.
/// </remarks>
internal sealed record PostgresPlace(string Folder)
{
    private const string Elsewhere = "/var/lib/streaming";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Cluster => Path.Combine(Folder, "cluster");

    public string ClusterInTheMaking => Path.Combine(Folder, "cluster.new");

    public string DataFolder => Path.Combine(Cluster, "data");

    public string PasswordFile => Path.Combine(Cluster, "password");

    public bool HasCluster => Directory.Exists(Cluster);

    /// <summary>The major version that made the data; null before there is some.</summary>
    public string? Major => HasCluster ? File.ReadAllText(Path.Combine(DataFolder, "PG_VERSION")).Trim() : null;

    public static async Task<PostgresPlace> OpenAsync(string home, ServerUser user, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(home, OthersPass);
        var inside = Path.Combine(home, "server");
        var folder = new DirectoryInfo(inside).LinkTarget ?? (user.CanReach(home) ? inside : Path.Combine(Elsewhere, Hash(home)));
        if (folder != inside)
        {
            Directory.CreateDirectory(Elsewhere);
            File.SetUnixFileMode(Elsewhere, OthersPass);
        }
        Directory.CreateDirectory(folder, OwnerOnly);
        if (!user.IsOurself)
            await Command.RunAsync(["chown", $"{user.Name}:{user.GroupId}", folder], cancellationToken);
        if (folder != inside && !Path.Exists(inside))
            Directory.CreateSymbolicLink(inside, folder);
        return new PostgresPlace(folder);
    }

    private static string Hash(string home) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..12];
}
