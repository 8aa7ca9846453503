using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Groups.Settings;

/// <summary>What single groups have of their own.</summary>
public sealed class GroupSettingsTests : IDisposable
{
    private const string Session = "consumer.session.timeout.ms";
    private const string Heartbeat = "consumer.heartbeat.interval.ms";

    private readonly TempFolder _folder = new();
    private readonly GroupOptions _options = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_group_sets_is_its_own_and_survives_a_restart()
    {
        Set(Open(), "shop", (Session, "50000"), (Heartbeat, "7000")).ShouldBe(ErrorCode.None);

        var after = Open();
        after.TimingOf("shop").ShouldBe(new ConsumerTiming(50_000, 7_000));
        after.TimingOf("mill").ShouldBe(new ConsumerTiming(45_000, 5_000));
        after.Groups.ShouldBe(["shop"]);

        Set(after, "shop").ShouldBe(ErrorCode.None);
        Open().Groups.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("share.session.timeout.ms", "45000", "Unknown group config name: share.session.timeout.ms")]
    [InlineData(Session, "soon", $"Invalid value soon for configuration {Session}: Not a number of type INT")]
    [InlineData(Session, "0", $"Invalid value 0 for configuration {Session}: Value must be at least 1")]
    [InlineData(Session, "44999", $"{Session} must be greater than or equal to group.consumer.min.session.timeout.ms")]
    [InlineData(Session, "60001", $"{Session} must be less than or equal to group.consumer.max.session.timeout.ms")]
    [InlineData(Heartbeat, "4999", $"{Heartbeat} must be greater than or equal to group.consumer.min.heartbeat.interval.ms")]
    [InlineData(Heartbeat, "15001", $"{Heartbeat} must be less than or equal to group.consumer.max.heartbeat.interval.ms")]
    public void What_cannot_be_is_refused_and_changes_nothing(string name, string value, string reason)
    {
        var table = Open();

        table.Configure("shop", _ => new Dictionary<string, string> { [name] = value }, isDryRun: false).ShouldBe((ErrorCode.InvalidConfig, reason));

        table.Groups.ShouldBeEmpty();
    }

    [Fact]
    public void A_number_is_kept_plain()
    {
        var table = Open();
        Set(table, "shop", (Session, " +50000 ")).ShouldBe(ErrorCode.None);
        table.Of("shop")[Session].ShouldBe("50000");
    }

    [Fact]
    public void A_session_outlasts_a_heartbeat()
    {
        _options.ConsumerSessionTimeoutMsMin = 1_000;

        Set(Open(), "shop", (Session, "5000")).ShouldBe(ErrorCode.InvalidConfig);
        Set(Open(), "shop", (Session, "5001")).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_dry_run_changes_nothing()
    {
        var table = Open();
        table.Configure("shop", _ => new Dictionary<string, string> { [Session] = "50000" }, isDryRun: true).Error.ShouldBe(ErrorCode.None);
        table.TimingOf("shop").ShouldBe(ConsumerTiming.Of(_options));
    }

    [Fact]
    public void What_was_set_under_other_bounds_counts_as_the_bound_next_to_it()
    {
        Set(Open(), "shop", (Session, "60000")).ShouldBe(ErrorCode.None);
        _options.ConsumerSessionTimeoutMsMax = 50_000;

        Open().TimingOf("shop").SessionTimeoutMs.ShouldBe(50_000);
    }

    [Fact]
    public void So_many_groups_have_settings_and_no_more()
    {
        _options.GroupsWithSettingsMax = 1;
        var table = Open();
        Set(table, "shop", (Session, "50000")).ShouldBe(ErrorCode.None);

        Set(table, "mill", (Session, "50000")).ShouldBe(ErrorCode.PolicyViolation);
        Set(table, "shop", (Session, "51000")).ShouldBe(ErrorCode.None);
        Set(table, "mill").ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void What_the_disk_refuses_is_not_done()
    {
        var table = GroupSettingsTable.Open(Path.Combine(_folder.Path, "gone"), _options, NullLogger.Instance);

        Set(table, "shop", (Session, "50000")).ShouldBe(ErrorCode.KafkaStorageError);

        table.Groups.ShouldBeEmpty();
    }

    private GroupSettingsTable Open() => GroupSettingsTable.Open(_folder.Path, _options, NullLogger.Instance);

    private static ErrorCode Set(GroupSettingsTable table, string groupId, params (string Name, string Value)[] settings) =>
        table.Configure(groupId, _ => settings.ToDictionary(setting => setting.Name, setting => setting.Value), isDryRun: false).Error;
}
