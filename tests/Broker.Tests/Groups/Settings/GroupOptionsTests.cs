using System.ComponentModel.DataAnnotations;
using Streaming.Broker.Settings;

namespace Streaming.Broker.Tests.Groups.Settings;

/// <summary>Options of groups by Kafka's names, with Kafka's defaults; what each does is told where groups are told of.</summary>
public sealed class GroupOptionsTests
{
    [Theory]
    [InlineData("group.consumer.assignors", "uniform,range", "range")]
    [InlineData("group.consumer.heartbeat.interval.ms", "5000", "6000")]
    [InlineData("group.consumer.max.heartbeat.interval.ms", "15000", "16000")]
    [InlineData("group.consumer.max.session.timeout.ms", "60000", "61000")]
    [InlineData("group.consumer.max.size", "2147483647", "7")]
    [InlineData("group.consumer.migration.policy", "bidirectional", "upgrade")]
    [InlineData("group.consumer.min.heartbeat.interval.ms", "5000", "4000")]
    [InlineData("group.consumer.min.session.timeout.ms", "45000", "44000")]
    [InlineData("group.consumer.session.timeout.ms", "45000", "46000")]
    [InlineData("group.max.session.timeout.ms", "1800000", "1700000")]
    [InlineData("group.max.size", "2147483647", "7")]
    [InlineData("group.min.session.timeout.ms", "6000", "7000")]
    [InlineData("offset.metadata.max.bytes", "4096", "8192")]
    public async Task An_option_has_Kafkas_default_and_another_value_when_it_is_set(string name, string byDefault, string other)
    {
        using var folder = new TempFolder();
        var options = new BrokerOptions { DataDirectory = folder.Path };
        Read(name, options).ShouldBe(byDefault);

        options.Set(name, other);

        Read(name, options).ShouldBe(other);
        await using var broker = await EmbeddedBroker.StartAsync(options);
    }

    [Theory]
    [InlineData("group.consumer.heartbeat.interval.ms", "4999", "group.consumer.heartbeat.interval.ms (4999) must be greater than or equal to group.consumer.min.heartbeat.interval.ms (5000)")]
    [InlineData("group.consumer.heartbeat.interval.ms", "15001", "group.consumer.max.heartbeat.interval.ms (15000)")]
    [InlineData("group.consumer.session.timeout.ms", "44999", "group.consumer.min.session.timeout.ms (45000)")]
    [InlineData("group.consumer.session.timeout.ms", "60001", "group.consumer.max.session.timeout.ms (60000)")]
    [InlineData("group.max.session.timeout.ms", "5999", "group.min.session.timeout.ms (6000)")]
    [InlineData("group.consumer.assignors", "by-moonlight", "ConsumerAssignors")]
    public async Task What_cannot_be_is_said_at_the_start(string name, string value, string reason)
    {
        using var folder = new TempFolder();
        var options = new BrokerOptions { DataDirectory = folder.Path };
        options.Set(name, value);

        (await Should.ThrowAsync<ValidationException>(() => EmbeddedBroker.StartAsync(options))).Message.ShouldContain(reason);
    }

    [Fact]
    public async Task A_heartbeat_comes_within_a_session()
    {
        using var folder = new TempFolder();
        var options = new BrokerOptions { DataDirectory = folder.Path, Groups = { ConsumerSessionTimeoutMsMin = 1, ConsumerSessionTimeoutMs = 5_000 } };

        (await Should.ThrowAsync<ValidationException>(() => EmbeddedBroker.StartAsync(options))).Message
            .ShouldBe("group.consumer.heartbeat.interval.ms must be less than group.consumer.session.timeout.ms");
    }

    [Fact]
    public void A_choice_is_read_in_any_case_and_no_other_is_taken()
    {
        var options = new BrokerOptions();
        options.Set("group.consumer.migration.policy", "Downgrade");
        Read("group.consumer.migration.policy", options).ShouldBe("downgrade");

        Should.Throw<ValidationException>(() => options.Set("group.consumer.migration.policy", "sideways")).Message
            .ShouldBe("group.consumer.migration.policy=sideways: there are disabled, upgrade, downgrade, bidirectional.");
        Should.Throw<ValidationException>(() => options.Set("group.consumer.migration.policy", "7"));
    }

    private static string Read(string name, BrokerOptions options) => BrokerSettings.All[name].Read(options);
}
