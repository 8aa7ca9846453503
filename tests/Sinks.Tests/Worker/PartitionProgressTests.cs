using Streaming.Sinks.Events;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

public sealed class PartitionProgressTests
{
    private readonly PartitionProgress _progress = new(TimeProvider.System);

    [Fact]
    public void Catch_up_lasts_until_what_was_there_at_the_start_is_written()
    {
        _progress.Begin(10, logEnd: 12);
        _progress.Mode.ShouldBe(SinkMode.CatchUp);
        _progress.Received(10, logEnd: 12);
        _progress.Written(11).ShouldBeFalse();
        _progress.Received(11, logEnd: 20);
        _progress.Written(12).ShouldBeTrue();
        _progress.Mode.ShouldBe(SinkMode.Live);
        _progress.Lag.ShouldBe(8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Markers_behind_the_last_record_are_no_lag(bool isEndSeenBeforeTheWrite)
    {
        _progress.Begin(10, logEnd: 12);
        _progress.Received(10, logEnd: 12);
        if (isEndSeenBeforeTheWrite)
        {
            _progress.ReachedEnd(12).ShouldBeFalse();
            _progress.Lag.ShouldBe(2);
            _progress.Written(11).ShouldBeTrue();
        }
        else
        {
            _progress.Written(11).ShouldBeFalse();
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
        _progress.Begin(0, logEnd: 0);
        _progress.Mode.ShouldBe(SinkMode.Live);
    }

    [Fact]
    public void Standing_still_with_something_to_write_is_a_stall()
    {
        _progress.Begin(0, logEnd: 5);
        _progress.Received(0, logEnd: 5);
        _progress.StalledFor.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
        _progress.Lag.ShouldBe(5);
    }
}
