using Streaming.Commands.Deciding;

namespace Streaming.Commands.Tests.Deciding;

/// <summary>A long stream is told of rarely enough to be read.</summary>
public sealed class StreamLengthTests
{
    [Fact]
    public void It_is_told_of_at_the_threshold_and_at_each_doubling()
    {
        var told = Enumerable.Range(1, 100).Where(length => StreamLength.IsNoteworthy(length - 1, length, threshold: 10));

        told.ShouldBe([10, 20, 40, 80]);
    }

    [Theory]
    [InlineData(8, 25, true)]       // Several events at once may pass more than one.
    [InlineData(12, 19, false)]
    [InlineData(12, 12, false)]
    public void What_a_decision_passes_counts_whatever_its_size(long before, long after, bool isNoteworthy) =>
        StreamLength.IsNoteworthy(before, after, threshold: 10).ShouldBe(isNoteworthy);
}
