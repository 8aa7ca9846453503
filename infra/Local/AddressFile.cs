namespace Streaming.Local;

/// <summary>
/// <c>local.env</c>: where the servers are, for a shell to read. It appears when all are ready, whole, and for its owner only: it holds the
/// database's password.
/// </summary>
internal static class AddressFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Write(string path, params IEnumerable<(string Name, string Value)> addresses)
    {
        var incomplete = path + ".new";
        File.Delete(incomplete);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var writer = new StreamWriter(incomplete, options))
        {
            foreach (var (name, value) in addresses)
                writer.Write($"{name}={Quote(value)}\n");
        }
        File.Move(incomplete, path, overwrite: true);
    }

    private static string Quote(string value) => $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
