namespace Streaming.Fixtures;

/// <summary>Finds the clone that the running test was built from.</summary>
public static class Repository
{
    /// <summary>The folder with Streaming.sln, or null when the tests run outside a clone.</summary>
    public static string? Root { get; } = FindUpwards(AppContext.BaseDirectory);

    private static string? FindUpwards(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "Streaming.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }
}
