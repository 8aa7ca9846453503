using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Groups.Membership;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Groups.Consumer;

/// <summary>Records of __consumer_offsets as Apache Kafka 4.2 wrote them, read and written again.</summary>
public sealed class ConsumerGroupFormatTests
{
    private const string Group = "000b6763636135366533343432";
    private const string TopicId = "0fbe9d948b884bb99395d4bc53264d0d";
    private const string Name = "gcca56e3442";

    [Fact]
    public void An_epoch() => Check(
        "0003" + Group, "0000" + "00000002" + "0100" + "08" + "a36c59facc17db60",
        new ConsumerGroupRecord.Epoch(Name, new GroupEpoch(2, unchecked((long)0xa36c59facc17db60))));

    [Fact]
    public void An_epoch_without_topics() => Check("0003" + Group, "0000" + "00000001" + "00", new ConsumerGroupRecord.Epoch(Name, new GroupEpoch(1, TopicsHash: 0)));

    [Fact]
    public void A_member() => Check(
        "0005" + Group + "000161", "0000" + "00" + "00" + "0670726f6265" + "0b2f3132372e302e302e31" + "020c7463636135366533343432" + "01" + "00002710" + "00" + "01000100",
        new ConsumerGroupRecord.Member(Name, "a", new Subscriber(
            InstanceId: null, RackId: null, new GroupClient("probe", "/127.0.0.1"), TopicNames: ["tcca56e3442"], TopicPattern: "", RebalanceTimeoutMs: 10_000, ServerAssignor: null, Classic: null)));

    [Fact]
    public void A_member_that_speaks_the_classic_protocol()
    {
        const string Topic = "6f72646572732d303161323032383237373931383863386661";
        const string Subscription = "0001" + "00000001" + "0019" + Topic + "ffffffff" + "00000000";
        Check(
            "0005001867726f75702d303161323032383237613130346433313166002f7261772d636c69656e742d65363366616232642d333165312d343261322d393362652d643738623738363337373530",
            "000000000b7261772d636c69656e740b2f3132372e302e302e31021a" + Topic + "0100007530000100380100007530020672616e67652a" + Subscription + "0000",
            new ConsumerGroupRecord.Member("group-01a202827a104d311f", "raw-client-e63fab2d-31e1-42a2-93be-d78b78637750", new Subscriber(
                InstanceId: null, RackId: null, new GroupClient("raw-client", "/127.0.0.1"), TopicNames: ["orders-01a20282779188c8fa"], TopicPattern: "", RebalanceTimeoutMs: 30_000,
                ServerAssignor: null, new ClassicMembership(30_000, [new MemberProtocol("range", Convert.FromHexString(Subscription))]))));
    }

    [Fact]
    public void The_epoch_of_a_target() => Check("0006" + Group, "0000" + "00000002" + "00", new ConsumerGroupRecord.TargetEpoch(Name, new TargetAssignmentEpoch(2)));

    [Fact]
    public void A_target() => Check(
        "0007" + Group + "000161", "0000" + "02" + TopicId + "05" + "00000000" + "00000001" + "00000002" + "00000003" + "00" + "00",
        new ConsumerGroupRecord.Target(Name, "a", Partitions(0, 1, 2, 3)));

    [Fact]
    public void A_current_assignment() => Check(
        "0008" + Group + "000161",
        "0000" + "00000001" + "00000001" + "01" + "02" + TopicId + "03" + "00000000" + "00000001" + "00" + "02" + TopicId + "03" + "00000002" + "00000003" + "00" + "00",
        new ConsumerGroupRecord.Current(Name, "a", new Standing(1, 1, StandingState.UnrevokedPartitions, Partitions(0, 1), Partitions(2, 3))));

    [Theory]
    [InlineData("0003" + Group)]
    [InlineData("0005" + Group + "000161")]
    [InlineData("0006" + Group)]
    [InlineData("0007" + Group + "000161")]
    [InlineData("0008" + Group + "000161")]
    public void A_deletion(string key)
    {
        var deleted = OffsetsFormat.Read(new JournalRecord(Convert.FromHexString(key), Value: null)).ShouldBeAssignableTo<ConsumerGroupRecord>()!;

        OffsetsFormat.Write(deleted).Value.ShouldBeNull();
        Convert.ToHexStringLower(OffsetsFormat.Write(deleted).Key.Span).ShouldBe(key);
    }

    private static PartitionSet Partitions(params int[] partitions) => PartitionSet.Of([new PartitionsOfTopic(Guid.Parse(TopicId), partitions)]);

    private static void Check(string key, string value, ConsumerGroupRecord expected)
    {
        OffsetsFormat.Read(new JournalRecord(Convert.FromHexString(key), Convert.FromHexString(value))).ShouldBe(expected);
        var written = OffsetsFormat.Write(expected);
        Convert.ToHexStringLower(written.Key.Span).ShouldBe(key);
        Convert.ToHexStringLower(written.Value!.Value.Span).ShouldBe(value);
    }
}
