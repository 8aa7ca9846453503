namespace Streaming.Broker.Log;

/// <summary>The fetches that wait for something to read in one log. Under the lock of the log.</summary>
internal sealed class ReaderSignals
{
    // A set: a fetch may name the partition as often as it likes.
    private readonly HashSet<AppendSignal> _waiting = [];

    public void Add(AppendSignal signal) => _waiting.Add(signal);

    public void Remove(AppendSignal signal) => _waiting.Remove(signal);

    public void RaiseAll()
    {
        foreach (var signal in _waiting)
            signal.Raise();
        _waiting.Clear();
    }
}
