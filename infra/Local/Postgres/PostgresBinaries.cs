namespace Streaming.Local.Postgres;

/// <summary>The folder with PostgreSQL's server programs on this machine.</summary>
internal sealed record PostgresBinaries(string Folder)
{
    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Finds <c>postgres</c> and <c>initdb</c> in PATH, where packages put them, or where pg_config says.</summary>
    /// <remarks><paramref name="major"/> is the version that made the data, when there is some: another one would refuse it.</remarks>
    /// <exception cref="PostgresUnavailableException">None is installed, or none of that version.</exception>
    public static async Task<PostgresBinaries> FindAsync(string? major, CancellationToken cancellationToken)
    {
        var found = Candidates().Where(HasServer).Distinct().Select(folder => new PostgresBinaries(folder)).ToList();
        if (found.Count == 0 && await AskPgConfigAsync(cancellationToken) is { } asked)
            found.Add(asked);
        if (found.Count == 0)
        {
            throw new PostgresUnavailableException("PostgreSQL's server programs (postgres, initdb) were not found in PATH or /usr/lib/postgresql: " +
                "install the package postgresql, or name a running server in DATABASE_URL.");
        }
        if (major is null)
            return found[0];
        foreach (var binaries in found)
        {
            if (await binaries.MajorAsync(cancellationToken) == major)
                return binaries;
        }
        throw new PostgresUnavailableException($"The data was made by PostgreSQL {major}, which is not installed (found: " +
            $"{string.Join(", ", found.Select(binaries => binaries.Folder))}): install postgresql-{major}, or start over with make clean.");
    }

    private static IEnumerable<string> Candidates() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        .. Versions("/usr/lib/postgresql", "*"),
        .. Versions("/usr", "pgsql-*"),
        .. Versions("/opt/homebrew/opt", "postgresql*"),
    ];

    private static IEnumerable<string> Versions(string parent, string pattern) => Directory.Exists(parent)
        ? Directory.GetDirectories(parent, pattern).OrderByDescending(Number).Select(folder => Path.Combine(folder, "bin"))
        : [];

    private static int Number(string folder) =>
        int.TryParse(new string([.. Path.GetFileName(folder).Where(char.IsAsciiDigit)]), out var number) ? number : 0;

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));

    private static async Task<PostgresBinaries?> AskPgConfigAsync(CancellationToken cancellationToken)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "pg_config")));
        if (!isThere)
            return null;
        var folder = (await Command.RunAsync(["pg_config", "--bindir"], cancellationToken)).Trim();
        return HasServer(folder) ? new PostgresBinaries(folder) : null;
    }

    /// <summary>"postgres (PostgreSQL) 15.8 (Debian 15.8-0)" is 15.</summary>
    private async Task<string> MajorAsync(CancellationToken cancellationToken)
    {
        var words = (await Command.RunAsync([Server, "--version"], cancellationToken)).Split(' ', StringSplitOptions.TrimEntries);
        return words.First(word => word.Length > 0 && char.IsAsciiDigit(word[0])).Split('.')[0];
    }
}
