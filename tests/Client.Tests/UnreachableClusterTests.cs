using System.ComponentModel.DataAnnotations;
using Streaming.Client.Tests.Parcels;
using Streaming.Serdes.Registry;

namespace Streaming.Client.Tests;

/// <summary>What a service is told when it cannot send.</summary>
public sealed class UnreachableClusterTests
{
    private static readonly SendParcel Command = new("P-1", 500, null);

    [Fact]
    public async Task Without_a_registry_nothing_is_sent()
    {
        await using var client = new CommandClient(Nowhere());
        await Should.ThrowAsync<RegistryUnavailableException>(() => client.For(ParcelContext.Definition.Topics).AskAsync("P-1", "c-1", Command));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task What_is_no_command_id_is_not_sent(string commandId)
    {
        await using var client = new CommandClient(Nowhere());
        await Should.ThrowAsync<ArgumentException>(() => client.For(ParcelContext.Definition.Topics).AskAsync("P-1", commandId, Command));
    }

    [Fact]
    public void Missing_addresses_are_named()
    {
        Should.Throw<ValidationException>(() => new CommandClient(new())).Message.ShouldContain("BootstrapServers");
        Should.Throw<ValidationException>(() => new CommandClient(new() { BootstrapServers = "127.0.0.1:1" })).Message.ShouldContain("SchemaRegistry");
    }

    // Port 1 of loopback: nobody listens there.
    private static CommandClientOptions Nowhere() => new()
    {
        BootstrapServers = "127.0.0.1:1",
        SchemaRegistry = { Url = "http://127.0.0.1:1", RetriesMax = 0 },
    };
}
