using System.Globalization;
using Streaming.Cli.Api;
using Streaming.Cli.Lake;

namespace Streaming.Cli.Demo;

/// <summary>The same figure from each read model: SQL and search keep it, the lake's rows are summed up.</summary>
internal sealed class Destinations(StockApi stock, SearchApi search, LakeReader lake, Patience patience)
{
    private static readonly (string Table, string Column, int Sign)[] Units =
    [
        ("inventory_stock_received", "quantity", 1), ("inventory_stock_found", "quantity", 1),
        ("inventory_stock_sold", "quantity", -1), ("inventory_stock_lost", "quantity", -1), ("inventory_stock_shipped", "quantity", -1),
    ];

    private static readonly (string Table, string Column, int Sign)[] Money =
    [
        ("accounts_account_opened", "openingBalance", 1), ("accounts_money_deposited", "amount", 1), ("accounts_entry_reversed", "amount", 1),
        ("accounts_money_withdrawn", "amount", -1), ("accounts_funds_captured", "amount", -1),
    ];

    /// <summary>One figure, three times.</summary>
    /// <param name="Rows">How many of the lake's rows it is the sum of.</param>
    internal sealed record Figure(string What, decimal Sql, decimal Search, decimal Lake, int Rows);

    /// <exception cref="Failure">They are not equal.</exception>
    public async Task<Figure> UnitsAsync(string sku, CancellationToken cancellationToken)
    {
        var (units, version) = await stock.NowAsync(sku, cancellationToken);
        var found = await search.ProductAsync(sku, version, cancellationToken);
        return Checked($"Units of {sku}", units, found.OnHand, await SumAsync(Units, sku, units, cancellationToken));
    }

    /// <exception cref="Failure">They are not equal.</exception>
    public async Task<Figure> BalanceAsync(string account, CancellationToken cancellationToken)
    {
        var (balance, version) = await stock.BalanceAsync(account, cancellationToken);
        var found = await search.BalanceAsync(account, version, cancellationToken);
        return Checked($"Balance of {account}", balance, found, await SumAsync(Money, account, balance, cancellationToken));
    }

    /// <summary>Units by the lake's rows, once they are as many as they should be.</summary>
    public async Task<decimal> UnitsInLakeAsync(string sku, decimal expected, CancellationToken cancellationToken) =>
        (await SumAsync(Units, sku, expected, cancellationToken)).Sum;

    /// <summary>Products with these words, once <paramref name="count"/> of them are found: a document is found by its words up to a second after it is there.</summary>
    public Task<IReadOnlyList<FoundProduct>> FoundAsync(string words, int count, CancellationToken cancellationToken) =>
        patience.AskAsync(() => search.ProductsAsync(words, cancellationToken), found => found.Count >= count, cancellationToken);

    /// <summary>An account's months, once they sum up to its balance.</summary>
    public async Task<IReadOnlyList<MonthOfMovements>> MonthsAsync(string account, CancellationToken cancellationToken)
    {
        var (balance, _) = await stock.BalanceAsync(account, cancellationToken);
        return await patience.AskAsync(() => search.MonthsAsync(account, cancellationToken), months => months.Sum(month => month.Amount) == balance, cancellationToken);
    }

    private static Figure Checked(string what, decimal sql, decimal found, (decimal Sum, int Rows) lake) => found == sql && lake.Sum == sql
        ? new(what, sql, found, lake.Sum, lake.Rows)
        : throw new Failure(string.Create(
            CultureInfo.InvariantCulture, $"{what}: SQL has {sql}, search {found}, the lake {lake.Sum}. streamctl status shows which sink stands still or is behind."));

    private Task<(decimal Sum, int Rows)> SumAsync(
        (string Table, string Column, int Sign)[] columns, string aggregateId, decimal expected, CancellationToken cancellationToken) =>
        patience.AskAsync(() => SumAsync(columns, aggregateId, cancellationToken), read => read.Sum == expected, cancellationToken);

    private async Task<(decimal Sum, int Rows)> SumAsync((string Table, string Column, int Sign)[] columns, string aggregateId, CancellationToken cancellationToken)
    {
        var (sum, rows) = (0m, 0);
        foreach (var (table, column, sign) in columns)
        {
            var numbers = await lake.NumbersAsync(table, column, aggregateId, cancellationToken);
            (sum, rows) = (sum + (sign * numbers.Sum()), rows + numbers.Count);
        }

        return (sum, rows);
    }
}
