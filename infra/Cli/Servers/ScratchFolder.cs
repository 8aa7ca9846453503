namespace Streaming.Cli.Servers;

/// <summary>A folder of the system's temporary ones that is gone when the command ends.</summary>
internal sealed class ScratchFolder(string name) : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory($"streaming-{name}-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
