using Streaming.CommandHost.Reading;

namespace Streaming.CommandHost.Tests.Reading;

public sealed class EventIndexTests
{
    private readonly EventIndex _index = new();

    [Fact]
    public void The_same_event_once_more_changes_nothing()
    {
        _index.Add(new("A", 1), 10).ShouldBeTrue();
        _index.Add(new("A", 2), 20).ShouldBeTrue();
        _index.Add(new("A", 2), 30).ShouldBeTrue();
        _index.VersionOf("A").ShouldBe(2);
        _index.Offsets("A", 1, 10).ShouldBe([10, 20]);
    }

    [Fact]
    public void A_gap_is_told_and_not_indexed()
    {
        _index.Add(new("A", 2), 10).ShouldBeFalse();
        _index.Add(new("B", 1), 11).ShouldBeTrue();
        _index.Add(new("B", 3), 12).ShouldBeFalse();
        _index.VersionOf("A").ShouldBe(0);
        _index.VersionOf("B").ShouldBe(1);
    }

    [Fact]
    public async Task Who_waits_for_a_version_is_told_once_it_is_there()
    {
        var waiting = _index.AwaitAsync("A", 2, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        _index.Add(new("A", 1), 1);
        waiting.IsCompleted.ShouldBeFalse();
        _index.Add(new("A", 2), 2);
        await waiting;
    }

    [Fact]
    public async Task Who_waits_too_long_goes_on()
    {
        await _index.AwaitAsync("A", 1, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        _index.Add(new("A", 1), 1);
    }

    [Fact]
    public async Task An_erased_aggregate_has_no_events_and_nobody_waits_for_it()
    {
        _index.Add(new("A", 1), 1);
        var waiting = _index.AwaitAsync("A", 2, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        _index.Erase("A");
        await waiting;
        _index.Add(new("A", 1), 1).ShouldBeTrue();
        _index.IsErased("A").ShouldBeTrue();
        _index.VersionOf("A").ShouldBe(0);
        _index.EventCount.ShouldBe(0);
    }
}
