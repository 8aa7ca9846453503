using Streaming.Sinks.Events;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

public sealed class PartitionProgressTests
{
    private static readonly StoppedClock _clock = new();
    private readonly PartitionProgress _progress = new(_clock);

    [Fact]
    public void Catch_up_lasts_until_what_was_there_when_the_sink_came_is_written()
    {
        Begin(10, logEnd: 12);
        _progress.Mode.ShouldBe(SinkMode.CatchUp);
        Received(10, logEnd: 12);
        Written(11).ShouldBeFalse();
        Received(11, logEnd: 20);
        Written(12).ShouldBeTrue();
        _progress.Mode.ShouldBe(SinkMode.Live);
        _progress.Lag.ShouldBe(8);
    }

    [Fact]
    public void What_was_recorded_while_the_host_was_down_is_live()
    {
        Begin(10, logEnd: 500, liveFrom: 10);
        _progress.Mode.ShouldBe(SinkMode.Live);
        _progress.Lag.ShouldBe(490);
    }

    [Fact]
    public void A_replay_lasts_up_to_where_the_sink_had_come()
    {
        Begin(0, logEnd: 12, liveFrom: 3, replayUntil: 11);
        _progress.Mode.ShouldBe(SinkMode.Replay);
        Written(10).ShouldBeFalse();
        Written(11).ShouldBeTrue();
        _progress.Mode.ShouldBe(SinkMode.Live);
    }

    [Fact]
    public void What_was_history_and_not_handled_before_the_reset_is_history_behind_the_replay()
    {
        Begin(0, logEnd: 12, liveFrom: 12, replayUntil: 5);
        Written(5).ShouldBeTrue();
        _progress.Mode.ShouldBe(SinkMode.CatchUp);
        Written(12).ShouldBeTrue();
        _progress.Mode.ShouldBe(SinkMode.Live);
    }

    [Fact]
    public void The_lag_in_time_is_the_age_of_the_oldest_that_waits()
    {
        Begin(0, logEnd: 2);
        _progress.Received(0, _clock.GetUtcNow().AddMinutes(-3), 2);
        _progress.LagTime.ShouldBe(TimeSpan.FromMinutes(3));
        _progress.Written(1, _clock.GetUtcNow().AddMinutes(-3));
        _progress.LagTime.ShouldBe(TimeSpan.FromMinutes(3));
        _progress.Received(1, _clock.GetUtcNow().AddMinutes(-1), 2);
        _progress.LagTime.ShouldBe(TimeSpan.FromMinutes(1));
        _progress.Written(2, _clock.GetUtcNow().AddMinutes(-1));
        _progress.LagTime.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Markers_behind_the_last_record_are_no_lag(bool isEndSeenBeforeTheWrite)
    {
        Begin(10, logEnd: 12);
        Received(10, logEnd: 12);
        if (isEndSeenBeforeTheWrite)
        {
            _progress.ReachedEnd(12).ShouldBeFalse();
            _progress.Lag.ShouldBe(2);
            Written(11).ShouldBeTrue();
        }
        else
        {
            Written(11).ShouldBeFalse();
            _progress.Lag.ShouldBe(1);
            _progress.ReachedEnd(12).ShouldBeTrue();
        }

        _progress.Lag.ShouldBe(0);
        _progress.NextOffset.ShouldBe(12);
        _progress.StalledFor.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void An_empty_log_is_live_at_once()
    {
        Begin(0, logEnd: 0);
        _progress.Mode.ShouldBe(SinkMode.Live);
    }

    [Fact]
    public void Standing_still_with_something_to_write_is_a_stall()
    {
        Begin(0, logEnd: 5);
        Received(0, logEnd: 5);
        _progress.StalledFor.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
        _progress.Lag.ShouldBe(5);
    }

    private void Begin(long nextOffset, long logEnd, long? liveFrom = null, long replayUntil = 0) => _progress.Begin(
        new Checkpoint("cluster-1", "topic-1", nextOffset, Epoch: 1, Fence: 1, default, LiveFrom: liveFrom ?? logEnd, ReplayUntil: replayUntil), logEnd);

    private void Received(long offset, long logEnd) => _progress.Received(offset, DateTimeOffset.UnixEpoch, logEnd);

    private bool Written(long nextOffset) => _progress.Written(nextOffset, DateTimeOffset.UnixEpoch);
}
