using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Groups;

/// <summary>Settings that single groups have, as administrators see and change them.</summary>
public abstract class GroupSettingsSuite(KafkaFixture kafka)
{
    private const string Session = "consumer.session.timeout.ms";
    private const string Heartbeat = "consumer.heartbeat.interval.ms";

    private readonly ConfigResource _group = new() { Type = ResourceType.Group, Name = SomeNames.Name("group") };

    [ConformanceFact]
    public async Task A_group_has_the_brokers_settings_until_it_has_its_own()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        var before = await SettingsAsync(admin);
        (before[Session].Value, before[Session].IsDefault, before[Session].IsReadOnly).ShouldBe(("6000", true, false));
        before[Heartbeat].Value.ShouldBe("200");

        await AlterAsync(admin, Session, AlterConfigOpType.Set, "50000");
        await ShowsAsync(admin, Session, "50000");
        await AlterAsync(admin, Session, AlterConfigOpType.Delete, null);
        await ShowsAsync(admin, Session, "6000");
    }

    [ConformanceFact]
    public async Task What_cannot_be_is_refused_in_the_same_words()
    {
        using var admin = Clients.Admin(kafka.BootstrapServers);
        (await RefusedAsync(admin, "retention.ms", "1")).ShouldContain("Unknown group config name: retention.ms");
        (await RefusedAsync(admin, Session, "soon")).ShouldContain($"Invalid value soon for configuration {Session}: Not a number of type INT");
        (await RefusedAsync(admin, Session, "0")).ShouldContain($"Invalid value 0 for configuration {Session}: Value must be at least 1");
        (await RefusedAsync(admin, Session, "5999")).ShouldContain($"{Session} must be greater than or equal to group.consumer.min.session.timeout.ms");
        (await RefusedAsync(admin, Session, "60001")).ShouldContain($"{Session} must be less than or equal to group.consumer.max.session.timeout.ms");
        (await RefusedAsync(admin, Heartbeat, "199")).ShouldContain($"{Heartbeat} must be greater than or equal to group.consumer.min.heartbeat.interval.ms");
        (await RefusedAsync(admin, Heartbeat, "15001")).ShouldContain($"{Heartbeat} must be less than or equal to group.consumer.max.heartbeat.interval.ms");
    }

    [ConformanceFact]
    public async Task A_killed_member_is_missed_after_its_groups_own_time()
    {
        using var scene = await GroupScene.CreateAsync(kafka, GroupProtocol.Consumer);
        _group.Name = scene.Group;
        await AlterAsync(scene.Admin, Session, AlterConfigOpType.Set, "12000");
        await ShowsAsync(scene.Admin, Session, "12000");
        var first = scene.Join();
        await Eventually.Async(() => first.Partitions.Count == 4, GroupScene.Patience, "all partitions at the first member");
        first.Kill();
        var killed = TimeProvider.System.GetTimestamp();

        var second = scene.Join();
        await Eventually.Async(() => second.Partitions.Count == 4, GroupScene.Patience, "all partitions at the second member");

        // The broker's own six seconds are long over; the last heartbeat was somewhat before the kill.
        TimeProvider.System.GetElapsedTime(killed).ShouldBeGreaterThan(TimeSpan.FromSeconds(9));
    }

    private Task<List<IncrementalAlterConfigsResult>> AlterAsync(IAdminClient admin, string name, AlterConfigOpType operation, string? value) => admin.IncrementalAlterConfigsAsync(new()
    {
        [_group] = [new ConfigEntry { Name = name, Value = value, IncrementalOperation = operation }],
    });

    // A cluster passes a change on to its brokers after it has answered.
    private Task ShowsAsync(IAdminClient admin, string name, string value) =>
        Eventually.Async(async () => (await SettingsAsync(admin))[name].Value == value, Clients.Deadline, $"{name} is {value}");

    private async Task<Dictionary<string, ConfigEntryResult>> SettingsAsync(IAdminClient admin) => (await admin.DescribeConfigsAsync([_group]))[0].Entries;

    private async Task<string> RefusedAsync(IAdminClient admin, string name, string value)
    {
        var refused = (await Should.ThrowAsync<IncrementalAlterConfigsException>(() => AlterAsync(admin, name, AlterConfigOpType.Set, value))).Results[0].Error;
        refused.Code.ShouldBe(ErrorCode.InvalidConfig, refused.Reason);
        return refused.Reason;
    }
}

public sealed class EmbeddedGroupSettingsTests(EmbeddedKafkaFixture kafka) : GroupSettingsSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealGroupSettingsTests(RealKafkaFixture kafka) : GroupSettingsSuite(kafka), IClassFixture<RealKafkaFixture>;
