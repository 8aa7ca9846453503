using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Transactions;

public sealed class TransactionRecordTests
{
    // As Apache Kafka 4.2 wrote it at the end of the last epoch of producer 33, in one partition.
    private const string KafkasKey = "00000015" + "69642D303161323031393632373636356130353132";
    private const string KafkasValue =
        "0001" + "0000000000000021" + "7FFF" + "00004E20" + "02" + "02" + "1A7365636F6E642D303161323031393632373463623762666561" + "0200000000" + "00"
        + "000001A20196BDA9" + "000001A20196BDA4" + "01" + "02020002";

    private static readonly TransactionState Kafkas = new(
        "id-01a2019627665a0512", new ProducerStamp(33, short.MaxValue), PreviousEpoch: -1, TimeoutMs: 20_000, TransactionPhase.PrepareCommit,
        new HashSet<TopicPartition> { new("second-01a20196274cb7bfea", 0) }, StartedMs: 0x1A20196BDA4, UpdatedMs: 0x1A20196BDA9) { Protocol = TransactionProtocol.Second };

    [Fact]
    public void A_state_is_written_as_Kafka_writes_it()
    {
        var written = TransactionRecord.Encode(Kafkas);

        Convert.ToHexString(written.Key.Span).ShouldBe(KafkasKey);
        Convert.ToHexString(written.Value!.Value.Span).ShouldBe(KafkasValue);
    }

    [Fact]
    public void What_Kafka_wrote_is_read()
    {
        var read = TransactionRecord.Decode(new JournalRecord(Convert.FromHexString(KafkasKey), Convert.FromHexString(KafkasValue)), out _)!;

        (read with { Partitions = Kafkas.Partitions }).ShouldBe(Kafkas);
        read.Partitions.ShouldBe(Kafkas.Partitions);
    }

    [Fact]
    public void The_producer_ids_before_and_after_come_back()
    {
        var state = Kafkas with { PreviousProducerId = 32, NextProducerId = 34 };

        var read = TransactionRecord.Decode(TransactionRecord.Encode(state), out _)!;

        (read.PreviousProducerId, read.NextProducerId).ShouldBe((32, 34));
    }

    [Fact]
    public void Records_of_before_the_second_protocol_are_read()
    {
        const string Value = "0000" + "0000000000000007" + "0003" + "00002710" + "01" + "00000001" + "0006" + "6F7264657273" + "00000002" + "00000000" + "00000001"
            + "000001A20196BDA9" + "000001A20196BDA4";

        var read = TransactionRecord.Decode(new JournalRecord(Convert.FromHexString(KafkasKey), Convert.FromHexString(Value)), out _)!;

        read.Producer.ShouldBe(new ProducerStamp(7, 3));
        read.Partitions.ShouldBe([new("orders", 0), new("orders", 1)], ignoreOrder: true);
        (read.Phase, read.Protocol, read.StartedMs).ShouldBe((TransactionPhase.Ongoing, TransactionProtocol.First, 0x1A20196BDA4));
    }

    [Fact]
    public void A_version_of_the_future_is_refused_rather_than_guessed() => Should.Throw<MalformedFrameException>(() =>
        TransactionRecord.Decode(new JournalRecord(Convert.FromHexString(KafkasKey), Convert.FromHexString("0002" + KafkasValue[4..])), out _));
}
