namespace Streaming.Local.Postgres;

/// <summary>Whom the server runs as: ourselves, or, since PostgreSQL refuses root, another user when we are root.</summary>
internal sealed record ServerUser(string? Name, string? GroupId)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    public bool IsOurself => Name is null;

    public static async Task<ServerUser> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerUser(null, null);
        var users = (await File.ReadAllLinesAsync("/etc/passwd", cancellationToken)).Select(line => line.Split(':')).ToList();
        foreach (var name in Candidates)
        {
            if (users.Find(fields => fields[0] == name) is { Length: > 3 } user)
                return new ServerUser(name, user[3]);
        }
        throw new PostgresUnavailableException("PostgreSQL does not run as root, and there is no user postgres or nobody: create one (useradd --system postgres).");
    }

    /// <summary>Runs a program as this user. It replaces setpriv, so it keeps the process id.</summary>
    public IEnumerable<string> Run(params IEnumerable<string> commandLine) =>
        IsOurself ? commandLine : ["setpriv", $"--reuid={Name}", $"--regid={GroupId}", "--clear-groups", "--", .. commandLine];

    /// <summary>True where this user can enter <paramref name="folder"/>: everybody may pass each folder on the way.</summary>
    public bool CanReach(string folder)
    {
        for (var step = new DirectoryInfo(folder); step is not null && !IsOurself; step = step.Parent)
        {
            if (!step.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
                return false;
        }
        return true;
    }
}
