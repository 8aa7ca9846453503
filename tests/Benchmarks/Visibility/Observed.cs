using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Visibility;

/// <summary>A destination that is read again and again, and how long after its acceptance each change was first seen there.</summary>
internal sealed class Observed
{
    private readonly Lock _gate = new();
    private readonly List<(string Sku, long Version, long Accepted)> _expected = [];
    private readonly List<double> _latencies = [];
    private volatile bool _isOver;
    private readonly Task _reading;

    /// <param name="readAsync">The newest version of each product that a reader sees now.</param>
    public Observed(string name, Func<Task<IReadOnlyDictionary<string, long>>> readAsync)
    {
        Name = name;
        _reading = Task.Run(() => ReadAsync(readAsync));
    }

    public string Name { get; }

    public void Expect(string sku, long version, long accepted)
    {
        lock (_gate)
            _expected.Add((sku, version, accepted));
    }

    /// <summary>Milliseconds, when all that was expected has been seen.</summary>
    public async Task<IReadOnlyList<double>> AllSeenAsync(TimeSpan deadline)
    {
        await Eventually.Async(() => _reading.IsFaulted || Remaining() == 0, deadline, $"all changes are seen in {Name}");
        _isOver = true;
        await _reading;
        return _latencies;
    }

    private int Remaining()
    {
        lock (_gate)
            return _expected.Count;
    }

    private async Task ReadAsync(Func<Task<IReadOnlyDictionary<string, long>>> readAsync)
    {
        while (!_isOver)
        {
            var seen = await readAsync();
            var now = Stopwatch.GetTimestamp();
            lock (_gate)
                _expected.RemoveAll(change => IsSeen(change, seen, now));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);   // Readers take their share of two processors.
        }
    }

    // Seen before its caller knew: the answer was on its way.
    private bool IsSeen((string Sku, long Version, long Accepted) change, IReadOnlyDictionary<string, long> seen, long now)
    {
        if (seen.GetValueOrDefault(change.Sku) < change.Version)
            return false;
        _latencies.Add(Math.Max(0, Stopwatch.GetElapsedTime(change.Accepted, now).TotalMilliseconds));
        return true;
    }
}
