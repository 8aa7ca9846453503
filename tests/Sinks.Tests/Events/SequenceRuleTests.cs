using Streaming.Sinks.Events;

namespace Streaming.Sinks.Tests.Events;

public sealed class SequenceRuleTests
{
    [Theory]
    [InlineData(0, 1, false, SequenceVerdict.Next)]
    [InlineData(4, 5, false, SequenceVerdict.Next)]
    [InlineData(4, 4, false, SequenceVerdict.Repeated)]
    [InlineData(4, 1, false, SequenceVerdict.Repeated)]
    [InlineData(4, 6, false, SequenceVerdict.Gap)]
    [InlineData(0, 2, false, SequenceVerdict.Gap)]
    [InlineData(4, 9, true, SequenceVerdict.Next)]
    [InlineData(4, 3, true, SequenceVerdict.Repeated)]
    public void Sequences_go_up_one_by_one(long version, long sequence, bool isAcrossSkip, SequenceVerdict expected) =>
        SequenceRule.Judge(version, sequence, isAcrossSkip).ShouldBe(expected);
}
