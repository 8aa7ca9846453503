using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups;

public sealed class OffsetsFormatTests
{
    private static readonly OffsetsRecord Committed =
        new OffsetsRecord.Offset("shop", new TopicPartition("orders", 3), new CommittedOffset(190, LeaderEpoch: 7, "noon", CommittedAtMs: 1_646_092_800_000));

    private static readonly OffsetsRecord.Group Saved = new("shop", new GroupSnapshot(
        "consumer", Generation: 4, "range", "host-1-a", StateTimestampMs: 1_646_092_800_000,
        [new MemberSnapshot("host-1-a", "host-1", "sink", "/127.0.0.1", 60_000, 10_000, GroupStory.Subscription("orders"), GroupStory.Bytes("all"))]));

    [Fact]
    public void An_offset_is_written_as_Kafka_writes_it()
    {
        var written = OffsetsFormat.Write(Committed);

        Convert.ToHexString(written.Key.Span).ShouldBe("0001" + "0004" + "73686F70" + "0006" + "6F7264657273" + "00000003");
        Convert.ToHexString(written.Value!.Value.Span).ShouldBe("0003" + "00000000000000BE" + "00000007" + "0004" + "6E6F6F6E" + "0000017F42C6D000");
    }

    [Fact]
    public void An_offset_comes_back_as_it_was_written() => OffsetsFormat.Read(OffsetsFormat.Write(Committed)).ShouldBe(Committed);

    [Fact]
    public void A_group_comes_back_as_it_was_written()
    {
        var read = OffsetsFormat.Read(OffsetsFormat.Write(Saved)).ShouldBeOfType<OffsetsRecord.Group>().Snapshot!;

        (read with { Members = [] }).ShouldBe(Saved.Snapshot! with { Members = [] });
        var member = read.Members.Single();
        (member with { Subscription = default, Assignment = default }).ShouldBe(Saved.Snapshot!.Members[0] with { Subscription = default, Assignment = default });
        member.Assignment.ShouldBeText("all");
    }

    [Fact]
    public void A_deletion_comes_back_as_one()
    {
        var partition = new TopicPartition("orders", 3);

        OffsetsFormat.Read(OffsetsFormat.Write(new OffsetsRecord.Offset("shop", partition, Committed: null)))
            .ShouldBe(new OffsetsRecord.Offset("shop", partition, Committed: null));
        OffsetsFormat.Read(OffsetsFormat.Write(Saved with { Snapshot = null })).ShouldBe(Saved with { Snapshot = null });
    }

    [Theory]
    [InlineData("0000" + "00000000000000BE" + "0004" + "6E6F6F6E" + "0000017F42C6D000", -1)]                                    // v0
    [InlineData("0001" + "00000000000000BE" + "0004" + "6E6F6F6E" + "0000017F42C6D000" + "0000017F42C6D001", -1)]               // v1 with expiry
    [InlineData("0004" + "00000000000000BE" + "00000007" + "05" + "6E6F6F6E" + "0000017F42C6D000" + "00", 7)]                    // v4, flexible
    public void Older_and_newer_values_of_an_offset_are_read(string value, int leaderEpoch) =>
        OffsetsFormat.Read(OffsetsFormat.Write(Committed) with { Value = Convert.FromHexString(value) }).ShouldBeOfType<OffsetsRecord.Offset>()
            .Committed.ShouldBe(new CommittedOffset(190, leaderEpoch, "noon", 1_646_092_800_000));

    [Fact]
    public void Keys_of_other_types_are_passed_over() =>
        OffsetsFormat.Read(new JournalRecord(Convert.FromHexString("0010" + "0004" + "73686F70" + "0002" + "2E2A"), Value: null)).ShouldBeNull();

    [Fact]
    public void A_value_from_the_future_is_refused() =>
        Should.Throw<MalformedFrameException>(() => OffsetsFormat.Read(OffsetsFormat.Write(Committed) with { Value = Convert.FromHexString("0005" + "00") }));

    [Theory]
    [InlineData("abc", 50, 4)]          // Java: "abc".hashCode() = 96354
    [InlineData("", 50, 0)]
    [InlineData("polygenelubricants", 50, 0)]       // Integer.MIN_VALUE, whose absolute value is none
    [InlineData("console-consumer-1", 1, 0)]
    public void A_group_is_kept_where_Kafka_would_keep_it(string group, int partitions, int expected) =>
        OffsetsTopic.PartitionOf(group, partitions).ShouldBe(expected);
}
