using Streaming.Sinks.DryRuns;

namespace Streaming.Sinks.Tests.DryRuns;

public sealed class DryRunArgumentsTests
{
    [Theory]
    [InlineData("--Topics:Prefix a.", "--Topics:Prefix a.")]
    [InlineData("--dry-run --from 2022-03-01 --max 5", "--DryRun:IsOn=true --DryRun:From=2022-03-01 --DryRun:Max=5")]
    [InlineData("--Kafka:BootstrapServers=k:1 --max=5 --dry-run", "--DryRun:IsOn=true --Kafka:BootstrapServers=k:1 --DryRun:Max=5")]
    [InlineData("--dry-run --Topics:Prefix a. --as Live", "--DryRun:IsOn=true --Topics:Prefix a. --DryRun:As=Live")]
    [InlineData("--dry-run --from", "--DryRun:IsOn=true --DryRun:From=")]
    public void The_switch_and_what_goes_with_it_become_settings(string given, string expected) =>
        DryRunArguments.ToSettings(given.Split(' ')).ShouldBe(expected.Split(' '));

    [Theory]
    [InlineData("--dry-run=true")]
    [InlineData("--dryrun")]
    [InlineData("--Dry-Run")]
    [InlineData("--Topics:Prefix a. --max 5")]
    [InlineData("--from=2022-03-01")]
    public void Who_meant_a_dry_run_does_not_get_the_real_thing(string given)
    {
        var settings = DryRunArguments.ToSettings(given.Split(' '));

        settings[..^1].ShouldBe(given.Split(' '));
        settings[^1].ShouldStartWith("--DryRun:Mistake=");
        new DryRunOptions { Mistake = settings[^1].Split('=', 2)[1] }.Validate(new(this)).ShouldHaveSingleItem().ErrorMessage!.ShouldContain("--dry-run");
    }
}
