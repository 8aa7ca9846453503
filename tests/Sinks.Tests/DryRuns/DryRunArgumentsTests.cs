using Streaming.Sinks.DryRuns;

namespace Streaming.Sinks.Tests.DryRuns;

public sealed class DryRunArgumentsTests
{
    [Theory]
    [InlineData("--from 2022-03-01 --max 5", "--from 2022-03-01 --max 5")]
    [InlineData("--dry-run --from 2022-03-01 --max 5", "--DryRun:IsOn=true --DryRun:From=2022-03-01 --DryRun:Max=5")]
    [InlineData("--Kafka:BootstrapServers=k:1 --max=5 --dry-run", "--DryRun:IsOn=true --Kafka:BootstrapServers=k:1 --DryRun:Max=5")]
    [InlineData("--dry-run --Topics:Prefix a. --as Live", "--DryRun:IsOn=true --Topics:Prefix a. --DryRun:As=Live")]
    [InlineData("--dry-run --from", "--DryRun:IsOn=true --DryRun:From=")]
    public void The_switch_and_what_goes_with_it_become_settings(string given, string expected) =>
        DryRunArguments.ToSettings(given.Split(' ')).ShouldBe(expected.Split(' '));
}
