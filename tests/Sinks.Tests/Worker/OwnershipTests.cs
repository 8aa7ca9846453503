using Confluent.Kafka;
using Streaming.Fixtures;
using Streaming.Sinks.Positions;
using Streaming.Sinks.Tests.Support;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Worker;

/// <summary>What no fence can refuse is done only while the group gives the partition to nobody else.</summary>
public sealed class OwnershipTests
{
    private static readonly SourcePartition _source = new("cluster-1", SomeRecords.Topic, "topic-1", SomeRecords.Partition);
    private readonly StoppedClock _clock = new();
    private readonly SomeContext _context;

    public OwnershipTests() => _context = new SomeContext { Time = _clock };

    [Fact]
    public async Task The_group_is_asked_once_for_as_long_as_its_word_counts()
    {
        var feed = new FakeFeed { GroupCommitted = 4 };
        using var ownership = await OpenAsync(feed);

        await ownership.EnsureAsync(CancellationToken.None);
        _clock.Advance(SomeContext.Lease - TimeSpan.FromMilliseconds(1));
        await ownership.EnsureAsync(CancellationToken.None);
        feed.CommitCount.ShouldBe(1);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await ownership.EnsureAsync(CancellationToken.None);
        (feed.CommitCount, feed.GroupCommitted).ShouldBe((2, 4));
    }

    [Fact]
    public async Task A_host_that_the_group_does_not_know_any_more_does_nothing_more()
    {
        var feed = new FakeFeed { GroupCommitted = 4 };
        using var ownership = await OpenAsync(feed);
        await ownership.EnsureAsync(CancellationToken.None);
        (feed.FailsToCommit, feed.CommitFailure) = (true, ErrorCode.UnknownMemberId);

        _clock.Advance(SomeContext.Lease);

        await Should.ThrowAsync<FencedException>(() => ownership.EnsureAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task While_nobody_says_whose_it_is_nothing_is_done()
    {
        var feed = new FakeFeed { GroupCommitted = 4, FailsToCommit = true };
        using var ownership = await OpenAsync(feed);

        var waiting = ownership.EnsureAsync(CancellationToken.None).AsTask();
        await Eventually.Async(() => feed.CommitCount > 1, Eventually.DefaultDeadline, "the group is asked again");
        waiting.IsCompleted.ShouldBeFalse();

        feed.FailsToCommit = false;
        await waiting;
    }

    [Fact]
    public async Task Where_the_group_has_no_offset_the_destination_is_asked()
    {
        using var ownership = await OpenAsync(new FakeFeed());
        await ownership.EnsureAsync(CancellationToken.None);
        await _context.Sink.TakeAsync(_source, default, CancellationToken.None);

        _clock.Advance(SomeContext.Lease);

        await Should.ThrowAsync<FencedException>(() => ownership.EnsureAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_batch_in_hand_goes_no_further_when_its_host_stood_still_for_too_long()
    {
        var feed = new FakeFeed(SomeRecords.Record(0), SomeRecords.Record(1)) { GroupCommitted = 0 };
        var calls = 0;
        _context.Sink.BeforeWrite = async batch =>
        {
            foreach (var _ in batch.Events)
            {
                await batch.EnsureOursAsync(CancellationToken.None);
                calls++;
                // It stands still now, and the group gives the partition away.
                _clock.Advance(SomeContext.Lease);
                (feed.FailsToCommit, feed.CommitFailure) = (true, ErrorCode.UnknownMemberId);
            }
        };
        await using var worker = _context.Start(feed);

        await Eventually.Async(() => feed.Starts.Count > 1, Eventually.DefaultDeadline, "it opens the partition anew");

        calls.ShouldBe(1);
        _context.Sink.Offsets.ShouldBeEmpty();
    }

    private async Task<Ownership> OpenAsync(FakeFeed feed)
    {
        var checkpoint = await _context.Sink.TakeAsync(_source, default, CancellationToken.None);
        return new Ownership(_context.Connect(), feed, new OpenedPartition(_source, checkpoint, new GroupPosition(feed.GroupCommitted, checkpoint), LogEnd: 9));
    }
}
