using Confluent.Kafka;
using Streaming.Hosting.Kafka;

namespace Streaming.Hosting.Tests.Kafka;

/// <summary>A host that starts waits for a slow cluster, and gives up on one that will not have it.</summary>
public sealed class TopicProvisionerTests
{
    [Theory]
    [InlineData(ErrorCode.Local_TimedOut, true)]
    [InlineData(ErrorCode.RequestTimedOut, true)]
    [InlineData(ErrorCode.NotController, true)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, false)]
    [InlineData(ErrorCode.InvalidReplicationFactor, false)]
    [InlineData(ErrorCode.PolicyViolation, false)]
    public void What_passes_is_asked_again(ErrorCode code, bool passes) => TopicProvisioner.IsPassing(new Error(code)).ShouldBe(passes);

    [Fact]
    public void What_is_fatal_does_not_pass() => TopicProvisioner.IsPassing(new Error(ErrorCode.Local_TimedOut, "fatal", isFatal: true)).ShouldBeFalse();
}
