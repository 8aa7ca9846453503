using System.Text;
using Confluent.Kafka;
using Streaming.Sinks.DeadLetters;

namespace Streaming.Sinks.Tests.DeadLetters;

public sealed class DeadLetterFormatTests
{
    private static readonly DeadLetter _letter = new()
    {
        Topic = "orders.events",
        Partition = 4,
        Offset = 1_042,
        Key = "O-1@7"u8.ToArray(),
        Value = [0, 0, 0, 0, 9, 1],
        Headers = [new("ce_id", "id"u8.ToArray()), new("ce_id", null), new("odd", [0xff])],
        RecordedAt = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Reason = "größer als erlaubt",
        Host = "host-1",
        ParkedAt = new(2026, 1, 2, 3, 5, 0, TimeSpan.Zero),
    };

    [Fact]
    public void A_dead_letter_comes_back_as_it_was_written()
    {
        var decided = _letter with
        {
            State = DeadLetterState.Discarded, Behind = "orders.events-4@1000", Tries = 3, DecidedBy = "ops", DecidedAt = _letter.ParkedAt.AddDays(1), DecidedFor = "a test order",
        };

        foreach (var letter in new[] { _letter, decided })
            (Back(DeadLetterFormat.ToMessage(letter)) with { Headers = letter.Headers }).ShouldBeEquivalentTo(letter);
        Back(DeadLetterFormat.ToMessage(_letter)).Headers.ShouldBeEquivalentTo(_letter.Headers.ToList());
    }

    [Fact]
    public void A_tombstone_is_kept_as_an_empty_value_that_says_so()
    {
        var message = DeadLetterFormat.ToMessage(_letter with { Value = null });

        message.Value.ShouldBe([]);
        Back(message).Value.ShouldBeNull();
        Back(DeadLetterFormat.ToMessage(_letter with { Value = [] })).Value.ShouldBe([]);
    }

    [Fact]
    public void A_record_without_key_has_none_afterwards() => Back(DeadLetterFormat.ToMessage(_letter with { Key = null })).Key.ShouldBeNull();

    [Fact]
    public void Its_key_is_its_position_and_its_own_headers_come_first()
    {
        var message = DeadLetterFormat.ToMessage(_letter);

        Encoding.UTF8.GetString(message.Key!).ShouldBe("orders.events-4@1042");
        message.Headers.Take(3).Select(header => header.Key).ShouldBe(["ce_id", "ce_id", "odd"]);
        message.Headers.Single(header => header.Key == "dlq_reason").GetValueBytes().ShouldBe(Encoding.UTF8.GetBytes(_letter.Reason));
    }

    [Theory]
    [InlineData("dlq_topic")]
    [InlineData("dlq_offset")]
    [InlineData("dlq_state")]
    [InlineData("dlq_recordedat")]
    public void A_record_that_lacks_a_header_is_refused_by_its_position(string header)
    {
        var message = DeadLetterFormat.ToMessage(_letter);
        message.Headers.Remove(header);

        Should.Throw<FormatException>(() => Back(message)).Message.ShouldContain("sql-sink.dead-letters-4@17");
    }

    [Fact]
    public void Damaged_headers_are_refused_and_never_crash()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var message = DeadLetterFormat.ToMessage(_letter);
            var headers = message.Headers.ToList();
            var damaged = new Headers();
            foreach (var header in headers)
            {
                var bytes = header.GetValueBytes()?.ToArray();
                if (bytes is { Length: > 0 } && random.Next(4) == 0)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (random.Next(20) != 0)
                    damaged.Add(header.Key, bytes);
            }

            message.Headers = damaged;
            try
            {
                Back(message);
            }
            catch (Exception cause) when (cause is FormatException or OverflowException)
            {
                // Said, not crashed.
            }
            catch (Exception cause)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}", cause);
            }
        }
    }

    private static DeadLetter Back(Message<byte[]?, byte[]?> message) => DeadLetterFormat.Parse(
        new() { Topic = "sql-sink.dead-letters", Partition = 4, Offset = 17, Message = message });
}
