using Streaming.Contracts.Envelope;

namespace Streaming.Contracts.Tests.Envelope;

public sealed class EventKeyTests
{
    [Theory]
    [InlineData("XYZ-1", 1)]
    [InlineData("someone@example", 42)]
    [InlineData("ends with @", long.MaxValue)]
    public void A_key_is_read_as_it_was_written(string aggregateId, long sequence)
    {
        EventKey.TryParse(new EventKey(aggregateId, sequence).ToString(), out var key).ShouldBeTrue();
        key.ShouldBe(new EventKey(aggregateId, sequence));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("XYZ-1")]
    [InlineData("@1")]
    [InlineData("XYZ-1@")]
    [InlineData("XYZ-1@0")]
    [InlineData("XYZ-1@-1")]
    [InlineData("XYZ-1@+1")]
    [InlineData("XYZ-1@ 1")]
    [InlineData("XYZ-1@9223372036854775808")]
    public void What_is_no_key_is_refused(string? text) => EventKey.TryParse(text, out _).ShouldBeFalse();
}
