namespace Streaming.Commands.Tests.Running;

/// <summary>The system's clock, some time ahead of it.</summary>
internal sealed class ForwardClock : TimeProvider
{
    private long _aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _aheadTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);
}
