using System.ComponentModel.DataAnnotations;

namespace Streaming.Broker.Tests;

public sealed class EmbeddedBrokerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_cluster_keeps_its_id_over_a_restart()
    {
        var first = await EmbeddedBroker.StartAsync(Options());
        await first.DisposeAsync();
        await using var second = await EmbeddedBroker.StartAsync(Options());
        second.ClusterId.ShouldBe(first.ClusterId);
        first.ClusterId.Length.ShouldBe(22);
    }

    [Fact]
    public async Task A_data_folder_takes_one_broker_at_a_time()
    {
        await using var first = await EmbeddedBroker.StartAsync(Options());
        (await Should.ThrowAsync<IOException>(() => EmbeddedBroker.StartAsync(Options()))).Message.ShouldContain(_folder.Path);
    }

    [Fact]
    public async Task A_start_that_fails_lets_go_of_the_folder()
    {
        var options = Options();
        options.ListenHost = "192.0.2.1"; // an address that is nobody's
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(() => EmbeddedBroker.StartAsync(options));
        await using var second = await EmbeddedBroker.StartAsync(Options());
    }

    [Fact]
    public async Task Options_out_of_range_are_named()
    {
        var options = Options();
        options.TopicDefaults["retention.ms"] = "soon";
        (await Should.ThrowAsync<ValidationException>(() => EmbeddedBroker.StartAsync(options))).Message.ShouldContain("retention.ms");
        (await Should.ThrowAsync<ValidationException>(() => EmbeddedBroker.StartAsync(new BrokerOptions()))).Message.ShouldContain("DataDirectory");
    }

    [Fact]
    public async Task A_name_can_be_listened_on()
    {
        var options = Options();
        options.ListenHost = "localhost";
        await using var broker = await EmbeddedBroker.StartAsync(options);
        broker.BootstrapServers.ShouldStartWith("localhost:");
    }

    private BrokerOptions Options() => new() { DataDirectory = _folder.Path };
}
