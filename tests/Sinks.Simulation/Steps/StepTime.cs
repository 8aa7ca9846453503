namespace Streaming.Sinks.Simulation.Steps;

/// <summary>A clock that only steps move, and whose timers only steps fire: in the order that the seed decides, whenever they were due.</summary>
internal sealed class StepTime(Stepper steps) : TimeProvider
{
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(50).AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new StepTimer(steps, Actor.Present, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>A timer that somebody waits for.</summary>
internal sealed class StepTimer(Stepper steps, Actor? actor, Action callback) : ITimer
{
    public long Number { get; set; }

    public Actor? Actor => actor;

    /// <summary>Fires, unless it was taken back.</summary>
    public void Fire()
    {
        if (steps.Remove(this))
            callback();
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        var was = steps.Remove(this);
        if (dueTime != Timeout.InfiniteTimeSpan)
            steps.Add(this);
        return was;
    }

    public void Dispose() => steps.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
