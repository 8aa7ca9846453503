using System.Diagnostics;
using System.Globalization;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;
using Streaming.Domain;
using Streaming.Domain.Accounts;
using Streaming.Domain.Inventory;

namespace Streaming.Benchmarks.Commands;

/// <summary>Deciding and evolving in memory, for an aggregate with hardly any past and for one with a long one.</summary>
internal static class DeciderBenchmark
{
    private const int LongPast = 100_000;
    private static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);
    private static readonly Sku Widget = new("XYZ-1");
    private static readonly AccountId Account = new("12345");
    private static readonly Currency Euro = new("EUR");

    public static Task RunAsync()
    {
        Measure("inventory: receive, sell", InventoryDecider.Instance, new RegisterProduct(Widget, "Widget", null, null, Day),
            i => i % 2 == 0 ? new ReceiveStock(Widget, 1, null, null, Day) : new SellStock(Widget, 1, null, null, Day));
        Measure("inventory: reserve, ship", InventoryDecider.Instance, new RegisterProduct(Widget, "Widget", null, null, Day),
            i => (i % 3) switch
            {
                0 => new ReceiveStock(Widget, 1, null, null, Day),
                1 => new ReserveStock(Widget, new OrderId($"O-{i / 3}"), 1, null, Day),
                _ => new ShipStock(Widget, new OrderId($"O-{i / 3}"), 1, null, Day),
            });
        Measure("accounts: deposit, withdraw", AccountsDecider.Instance, new OpenAccount(Account, "Damon Allison", Euro, 500m, null, null, Day),
            i => i % 2 == 0 ? new DepositMoney(Account, 1m, Euro, null, null, Day) : new WithdrawMoney(Account, 1m, Euro, null, null, Day));
        return Task.CompletedTask;
    }

    private static void Measure<TCommand, TEvent, TState>(string name, Decider<TCommand, TEvent, TState> decider, TCommand first, Func<int, TCommand> next)
    {
        var commands = Enumerable.Range(0, 3 * 1_024).Select(next).ToArray();
        var state = After(decider, decider.Initial, first);
        (state, var young) = Time(decider, state, commands);
        for (var done = 0; done < LongPast; done += commands.Length)
            state = commands.Aggregate(state, (before, command) => After(decider, before, command));
        (_, var old) = Time(decider, state, commands);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-30} {1e6 / young,12:N0} decisions/s; with {LongPast:N0} events behind it {old:F3} µs a decision"));
    }

    private static (TState After, double Microseconds) Time<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, TState state, TCommand[] commands)
    {
        var times = new List<double>();
        for (var round = 0; round < 101; round++)
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var command in commands)
                state = After(decider, state, command);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / commands.Length);
        }

        return (state, Medians.Of(times));
    }

    private static TState After<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, TState state, TCommand command)
    {
        foreach (var happened in decider.Decide(command, state).Events)
            state = decider.Evolve(state, happened);
        return state;
    }
}
