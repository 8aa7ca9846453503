using System.Collections.Concurrent;

namespace Streaming.Sinks.Health;

/// <summary>The generations of its sink that a host runs, and what each says about itself.</summary>
internal sealed class SinkRuns
{
    private readonly ConcurrentDictionary<int, SinkStatus> _running = new();
    private volatile string? _problem = "starting";
    private volatile int _current = 1;

    /// <summary>What keeps the host from running anything; null when nothing does.</summary>
    public string? Problem
    {
        get => _problem;
        set => _problem = value;
    }

    /// <summary>The generation that readers are to see.</summary>
    public int Current
    {
        get => _current;
        set => _current = value;
    }

    public IReadOnlyList<int> Numbers => [.. _running.Keys.Order()];

    /// <summary>What the host is judged by: the generation that readers see, or, where it doesn't run here, the oldest that does.</summary>
    public SinkStatus? Leading => _running.TryGetValue(Current, out var current) ? current : Numbers.Select(Find).FirstOrDefault(status => status is not null);

    public SinkStatus? Find(int number) => _running.GetValueOrDefault(number);

    public void Add(int number, SinkStatus status) => _running[number] = status;

    public void Remove(int number) => _running.TryRemove(number, out _);
}
