using System.Text.RegularExpressions;
using Streaming.Fixtures;

namespace Streaming.EndToEnd.Tests;

/// <summary>What a newcomer sees first: the page that <c>make run</c> prints, from a stack as <c>make</c> starts it.</summary>
public sealed partial class DemoTests : IAsyncDisposable
{
    private readonly ScriptedStack _stack = new();

    [Fact]
    public async Task The_page_is_told_and_told_again_alike()
    {
        await _stack.RunAsync("up");

        var told = await _stack.RunAsync("demo");
        told.ShouldContain("XYZ-1 ends with 190 units.");
        told.ShouldMatch("EntryReversed *│ *\\+75.00 *│ *1200.00");
        told.ShouldMatch("FulfilmentCompleted *│ *shipped and paid");
        told.ShouldMatch("RollbackStarted *│ *risk-declined");
        told.ShouldMatch("8 *│ *0 *│ *210.00 *│ *0.00");
        told.ShouldMatch("Units of XYZ-1 *│ *190 *│ *190 *│ *190 *│ *7 ");
        told.ShouldMatch("Balance of 12345 *│ *1200 *│ *1200 *│ *1200 *│ *5 ");
        told.ShouldMatch("XYZ-2 *│ *Product XYZ-2 *│ *185 *│ *185");
        told.ShouldMatch("2022-02 *│ *3 *│ *\\+800.00");
        told.ShouldMatch("customer-7 *│ *Order ORDER-1 is accepted");
        told.ShouldMatch("elastic-sink paused, 4 more are delivered *│ *14 *│ *10 *│ *14");
        told.ShouldMatch("elastic-sink resumed *│ *14 *│ *14 *│ *14");
        told.ShouldContain("answers compared before and after: all the same.");
        told.ShouldContain("What both hold is equal.");
        told.ShouldContain("Readers see the new tables from here on; 10 answers compared before and after: all the same.");
        WithoutAmounts(await _stack.RunAsync("demo")).ShouldBe(WithoutAmounts(told));

        var streamctl = new Streamctl(_stack.Addresses);
        (await streamctl.RunAsync("fulfilment", "stuck")).Output.ShouldBe("None.\n");
        (await streamctl.RunAsync("fulfilment", "show", "ORDER-2")).Output.ShouldContain("FulfilmentRolledBack");
    }

    public async ValueTask DisposeAsync() => await _stack.DisposeAsync();

    // How much was derived again, and how long it took, differs; so does what the commands print with which tables are built anew.
    private static string WithoutAmounts(string told) => Amounts().Replace(told, "so many").Split("streamctl sinks rebuild")[0];

    [GeneratedRegex(@"\d+ offsets of \d+ partitions in [\d.]+ s", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Amounts();
}
