namespace Streaming.Fixtures;

/// <summary>A folder of its own under the machine's temp folder, removed with all it holds on dispose.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder(string role) => Path = Directory.CreateTempSubdirectory($"streaming-{role}-").FullName;

    public string Path { get; }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
