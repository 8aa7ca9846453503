namespace Streaming.Broker.Tests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streaming-broker-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
