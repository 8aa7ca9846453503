using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Streaming.Cli.Tests.Running;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;

namespace Streaming.Cli.Tests.Contexts;

/// <summary><c>streamctl verify snapshots</c>, the real program, against a log that a real host has written.</summary>
public sealed class VerifySnapshotsTests(Stack stack) : IClassFixture<Stack>
{
    private const int Wrong = 2;

    private readonly Topic _snapshots = new(stack, "inventory.snapshots");

    [Fact]
    public async Task A_wrong_snapshot_is_named_with_what_it_says_and_the_exit_code_says_so_too()
    {
        await StockAsync("ABC-7");
        var sound = await stack.Streamctl.RunAsync("verify", "snapshots");
        sound.ExitCode.ShouldBe(0, sound.ToString());
        foreach (var context in new[] { "inventory", "accounts", "orders", "fulfilment" })
            sound.Output.ShouldContain(context);

        // One that a restart would believe: only the log knows better.
        var snapshot = await _snapshots.NewestAsync("ABC-7");
        var state = (StockState)stack.Format.Decode(snapshot.Message.Value);
        var planted = stack.Format.Encode(state with { OnHand = 4_711 });
        var checksum = snapshot.Message.Headers.GetLastBytes(HeaderNames.Checksum);
        snapshot.Message.Headers.Remove(HeaderNames.Checksum);
        snapshot.Message.Headers.Add(HeaderNames.Checksum, Encoding.UTF8.GetBytes(Crc32C(planted).ToString(CultureInfo.InvariantCulture)));
        await _snapshots.WriteAsync(snapshot.Partition, "ABC-7", planted, snapshot.Message.Headers);

        var found = await stack.Streamctl.RunAsync("verify", "snapshots", "--context", "inventory");

        found.ExitCode.ShouldBe(Wrong, found.ToString());
        found.Output.ShouldContain($"inventory-{snapshot.Partition.Value}: ABC-7 at version 3: the snapshot says");
        found.Output.ShouldContain("4711");
        var json = await stack.Streamctl.RunAsync("verify", "snapshots", "--context", "inventory", "--json");
        json.ExitCode.ShouldBe(Wrong, json.ToString());
        var report = JsonDocument.Parse(json.Output).RootElement[0];
        report.GetProperty("different").GetInt32().ShouldBe(1);
        report.GetProperty("first").GetProperty("aggregateId").GetString().ShouldBe("ABC-7");

        // The log is sound again for whoever comes next.
        snapshot.Message.Headers.Remove(HeaderNames.Checksum);
        snapshot.Message.Headers.Add(HeaderNames.Checksum, checksum);
        await _snapshots.WriteAsync(snapshot.Partition, "ABC-7", snapshot.Message.Value!, snapshot.Message.Headers);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_used_is_named_with_the_reason()
    {
        await StockAsync("ABC-8");
        var snapshot = await _snapshots.NewestAsync("ABC-8");
        var damaged = snapshot.Message.Value!.ToArray();
        damaged[^1] ^= 1;
        await _snapshots.WriteAsync(snapshot.Partition, "ABC-8", damaged, snapshot.Message.Headers);

        var found = await stack.Streamctl.RunAsync("verify", "snapshots", "--context", "inventory", "--json");

        found.ExitCode.ShouldBe(Wrong, found.ToString());
        JsonDocument.Parse(found.Output).RootElement[0].GetProperty("unusable").GetInt32().ShouldBe(1);
        await _snapshots.WriteAsync(snapshot.Partition, "ABC-8", snapshot.Message.Value!, snapshot.Message.Headers);
    }

    [Theory]
    [InlineData("'shipping' is no context: give one of inventory, accounts, orders, fulfilment.", "--context", "shipping")]
    [InlineData("Give --kafka", "--kafka", "")]
    [InlineData("--client x: give name=value.", "--client", "x")]
    public async Task What_cannot_be_verified_is_no_verdict(string reason, params string[] arguments)
    {
        var run = await stack.Streamctl.RunAsync(["verify", "snapshots", .. arguments]);

        run.ExitCode.ShouldBe(1, run.ToString());
        run.Error.ShouldContain(reason);
    }

    // Three events, and a snapshot of the last.
    private async Task StockAsync(string sku)
    {
        await stack.AskAsync($"/inventory/{sku}/register", new { name = "Lamp" });
        foreach (var quantity in new[] { 12, 3 })
            await stack.AskAsync($"/inventory/{sku}/receive", new { quantity });
        await _snapshots.NewestAsync(sku, record => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(HeaderNames.Sequence)) == "3");
    }

    private static uint Crc32C(byte[] bytes) => ~bytes.Aggregate(uint.MaxValue, BitOperations.Crc32C);
}
