using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;
using static Streaming.Commands.Tests.Running.Some;

namespace Streaming.Commands.Tests;

/// <summary>Whatever the group goes through, each command is decided once.</summary>
public sealed class StormTests(KafkaFixture kafka) : IDisposable
{
    private readonly Installation _installation = new(kafka);

    [Fact]
    public async Task Members_that_join_and_leave_in_a_loop_under_load_decide_each_command_once()
    {
        const int Commands = 400;
        await using var stays = await _installation.Start(options => options.BatchRecordsMax = 5).ReadyAsync();
        await _installation.SendAsync("register", Register("A"));
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Commands; i++)
                await _installation.SendAsync($"c-{i}", Receive("A"));
        });
        for (var round = 0; round < 4; round++)
        {
            // Once it is a member, it may leave: with a batch in hand, if it was given the partition.
            await using var visitor = await _installation.Start(options => options.BatchRecordsMax = 5).ReadyAsync();
        }

        await sending;
        var results = await _installation.ResultsAsync(Commands + 1);
        results.Count.ShouldBe(Commands + 1);
        results.ShouldAllBe(result => result.Value is CommandAccepted);
        var events = await _installation.EventsAsync();
        events.Select(happened => happened.Key).ShouldBe(Enumerable.Range(1, Commands + 1).Select(sequence => $"A@{sequence}"));
        events.Select(happened => happened.Value).OfType<StockReceived>().Last().OnHand.ShouldBe(Commands);
    }

    public void Dispose() => _installation.Dispose();
}
