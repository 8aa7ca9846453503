using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>What each API's file says, docs/protocol.md, and a running broker agree.</summary>
public sealed class ProtocolPageTests
{
    private static readonly string _root = Repository.Root!;

    private static IReadOnlyList<ApiDescription> Described { get; } = ApiDescription.ReadAll(Path.Combine(_root, "infra", "Broker"));

    [Fact]
    public void The_page_says_what_the_files_say()
    {
        var path = Path.Combine(_root, "docs", "protocol.md");
        var written = ProtocolPage.Write(Described);
        if (Environment.GetEnvironmentVariable("PROTOCOL_PAGE") == "write")
            File.WriteAllText(path, written);
        var found = File.Exists(path) ? File.ReadAllText(path) : "";
        if (found != written)
            Assert.Fail($"docs/protocol.md is not what the files say. Run this test with PROTOCOL_PAGE=write, or save this:\n\n{written}");
    }

    [Fact]
    public async Task A_running_broker_serves_what_the_files_say_and_nothing_else()
    {
        using var folder = new TempFolder();
        await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = folder.Path });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var served = await client.AskAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { }, ReadServed);

        served.ShouldBe(Described.Select(api => (api.Key, api.Lowest, api.Highest)));
        Described.Select(api => api.Name).ShouldBe(served.Select(api => $"{(ApiKey)api.Key}"));
        Described.ShouldAllBe(api => api.Source.Length > 0 && (api.Versions.Length > 0 || api.LeftOut.Length > 0 || api.Lowest == api.Highest));
    }

    private static (short Key, short Lowest, short Highest)[] ReadServed(ref WireReader reader)
    {
        ((ErrorCode)reader.ReadInt16()).ShouldBe(ErrorCode.None);
        return reader.ReadArray(static (ref r) => (r.ReadInt16(), r.ReadInt16(), r.ReadInt16()));
    }
}
