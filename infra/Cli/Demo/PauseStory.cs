using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>One sink stands still while the others go on; then it catches up. In the end the shelf is as it was, so that it can be told again.</summary>
internal sealed class PauseStory(CommandApi commands, StockApi stock, SearchApi search, Destinations destinations, SinkWatch sinks)
{
    public const string Product = "CUP-1";
    public const string Paused = "elastic-sink";
    public const int UnitsAtRest = 10;
    public const int UnitsMoved = 4;

    /// <summary>Units of the product by each read model, at one moment.</summary>
    internal sealed record Shelf(string When, decimal Sql, decimal Search, decimal Lake);

    public async Task<IReadOnlyList<Shelf>> PlayAsync(CancellationToken cancellationToken)
    {
        await commands.SendAsync("inventory", Product, "register", new { name = "Teacup" }, $"story-{Product}-1", 0, cancellationToken);
        await commands.SendAsync("inventory", Product, "receive", new { quantity = UnitsAtRest, reason = "First delivery" }, $"story-{Product}-2", 1, cancellationToken);
        await stock.NowAsync(Product, cancellationToken, atLeast: 2);
        var before = await destinations.UnitsAsync(Product, cancellationToken);
        var shelves = new List<Shelf> { new("before", before.Sql, before.Search, before.Lake) };
        await sinks.PauseAsync(Paused, cancellationToken);
        try
        {
            await MoveAsync("receive", UnitsMoved, "Delivered while search stands still", cancellationToken);
            var (units, _) = await stock.NowAsync(Product, cancellationToken);
            var lake = await destinations.UnitsInLakeAsync(Product, units, cancellationToken);
            shelves.Add(new($"{Paused} paused, {UnitsMoved} more are delivered", units, (await search.ProductAsync(Product, atLeast: 0, cancellationToken)).OnHand, lake));
        }
        finally
        {
            await sinks.ResumeAsync(Paused, CancellationToken.None);
        }

        var after = await destinations.UnitsAsync(Product, cancellationToken);
        shelves.Add(new($"{Paused} resumed", after.Sql, after.Search, after.Lake));
        await MoveAsync("sell", (int)after.Sql - UnitsAtRest, "Sold again", cancellationToken);
        var end = await destinations.UnitsAsync(Product, cancellationToken);
        shelves.Add(new("sold again", end.Sql, end.Search, end.Lake));
        return shelves;
    }

    private async Task MoveAsync(string action, int quantity, string reason, CancellationToken cancellationToken)
    {
        var version = await commands.AskAsync("inventory", Product, action, new { quantity, reason }, $"story-{Guid.CreateVersion7():n}", cancellationToken);
        await stock.NowAsync(Product, cancellationToken, atLeast: long.Parse(version, System.Globalization.CultureInfo.InvariantCulture));
    }
}
