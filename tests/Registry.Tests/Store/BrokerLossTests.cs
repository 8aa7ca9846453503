using Streaming.Broker;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests.Store;

public sealed class BrokerLossTests : IDisposable
{
    private readonly TempFolder _folder = new("registry-broker");
    private readonly int _port = FreePorts.One();

    [Fact]
    public async Task Without_its_broker_it_answers_from_memory_refuses_writes_and_goes_on_when_the_broker_is_back()
    {
        var broker = await StartBrokerAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions
        {
            BootstrapServers = broker.BootstrapServers, WriteTimeout = TimeSpan.FromSeconds(2),
        });
        using var calls = new RestCalls(registry.Url);
        var id = await calls.RegisterAsync("before", "\"int\"");

        await broker.DisposeAsync();
        (await calls.GetAsync($"/schemas/ids/{id}")).Json!["schema"]!.GetValue<string>().ShouldBe("\"int\"");
        (await calls.RegisterAsync("before", "\"int\"")).ShouldBe(id);
        (await calls.PostSchemaAsync("/subjects/during/versions", "\"string\"")).ShouldBeError(50001);

        broker = await StartBrokerAsync();
        var after = 0;
        await Eventually.Async(
            async () =>
            {
                var answer = await calls.PostSchemaAsync("/subjects/after/versions", "\"long\"");
                after = answer.ErrorCode == 0 ? answer.Json!["id"]!.GetValue<int>() : 0;
                return after > 0;
            },
            Eventually.DefaultDeadline,
            "the registry writes again");
        after.ShouldBeGreaterThan(id);

        await using (var second = await RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = broker.BootstrapServers }))
        {
            using var others = new RestCalls(second.Url);
            (await others.GetAsync("/schemas")).Text.ShouldBe((await calls.GetAsync("/schemas")).Text);
        }
        await broker.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private Task<EmbeddedBroker> StartBrokerAsync() => EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path, Port = _port });
}
