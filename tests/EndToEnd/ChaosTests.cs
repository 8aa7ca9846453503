using Streaming.Chaos;
using Streaming.Chaos.Clusters;
using Streaming.Chaos.ReadSide;
using Streaming.Fixtures;

namespace Streaming.EndToEnd.Tests;

/// <summary>A short run of what <c>make chaos</c> does at length on the write side: one fault of each kind as far as the time goes, on real processes, and every check after it.</summary>
public abstract class ChaosTests(Func<Task<ICluster>> startCluster)
{
    [ConformanceFact]
    public async Task Every_promise_is_kept_when_everything_goes_wrong()
    {
        var seed = Seeds.Next();
        using var said = new StringWriter();
        try
        {
            (await new Run(startCluster, seed, TimeSpan.FromSeconds(30), said).GoAsync(CancellationToken.None)).ShouldBeEmpty();
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException($"seed {seed}\n{said}", cause);
        }
    }
}

public sealed class ChaosOnTheEmbeddedBrokerTests() : ChaosTests(EmbeddedCluster.StartAsync);

[Trait("Run", "soak")]
[Needs(RealServer.PrivateKafka)]
public sealed class ChaosOnApacheKafkaTests() : ChaosTests(ApacheCluster.StartAsync);

/// <summary>A round of the fifty that <c>make chaos</c> has for the sinks.</summary>
public sealed class ReadSideChaosTests
{
    private const int Rounds = 1;

    [Fact]
    public async Task Every_destination_equals_the_log_when_everything_goes_wrong()
    {
        var seed = Seeds.Next();
        using var said = new StringWriter();
        try
        {
            (await new ReadRun(EmbeddedCluster.StartAsync, seed, Rounds, said, provesAnew: false).GoAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        }
        catch (Exception cause)
        {
            throw new InvalidOperationException($"seed {seed}\n{said}", cause);
        }
    }
}
