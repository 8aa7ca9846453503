namespace Streaming.Broker.Topics;

/// <summary>Keeps a second broker out of a data folder. The system lets go of it when the process dies, however it dies.</summary>
internal sealed class DataLock : IDisposable
{
    private const string FileName = ".lock";
    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    public static DataLock Take(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        var path = Path.Combine(dataDirectory, FileName);
        try
        {
            return new DataLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException cause)
        {
            throw new IOException($"{dataDirectory} is in use by another broker: stop it, or set DataDirectory to another folder.", cause);
        }
    }

    public void Dispose() => _file.Dispose();
}
