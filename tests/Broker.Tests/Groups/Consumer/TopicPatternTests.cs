using System.Diagnostics;
using Streaming.Broker.Groups.Consumer;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Groups.Consumer;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("ord.*", "orders,orders.eu")]
    [InlineData("^orders$", "orders")]
    [InlineData("orders|refunds", "orders,refunds")]
    [InlineData("(?i)ORDERS", "orders")]
    [InlineData(@"orders\.\w{2}", "orders.eu")]
    [InlineData("(?P<kind>re).*", "refunds")]
    [InlineData("rder", "")]
    public void Whole_names_match(string pattern, string expected) => Matching(pattern).ShouldBe(expected);

    [Theory]
    [InlineData("[")]
    [InlineData("*")]
    [InlineData("(?<=a)b")]
    [InlineData("(a)\\1")]
    [InlineData("((((a{1,900}){1,900}){1,900}){1,900})")]
    public void What_is_none_is_refused_with_a_reason(string pattern)
    {
        TopicPattern.Parse(pattern, out var reason).ShouldBeNull();
        reason.ShouldNotBeEmpty();
    }

    [Fact]
    public void What_is_too_long_is_refused() => TopicPattern.Parse(new string('a', 40_000), out _).ShouldBeNull();

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)*b")]
    [InlineData("(.*a){20}")]
    public void What_would_take_others_for_ever_is_soon_answered(string pattern)
    {
        var begun = Stopwatch.GetTimestamp();

        TopicPattern.Parse(pattern, out _)!.Among([Topic(new string('a', 240))]);

        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static string Matching(string pattern) =>
        string.Join(',', TopicPattern.Parse(pattern, out _)!.Among([Topic("orders"), Topic("orders.eu"), Topic("refunds")]).Select(topic => topic.Name));

    private static TopicShape Topic(string name) => new(name, Guid.Empty, PartitionCount: 1);
}
