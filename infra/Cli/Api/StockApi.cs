using System.Text.Json;

namespace Streaming.Cli.Api;

/// <summary>The SQL sink's query API.</summary>
internal sealed class StockApi(HostClient host)
{
    /// <summary>The product's events, once the one with sequence <paramref name="atLeast"/> has arrived.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string sku, long atLeast, CancellationToken cancellationToken)
    {
        await host.GetAsync<StockRecord>($"{Path(sku)}?atLeast={atLeast}", cancellationToken);
        return (await host.GetAsync<HistoryPage>($"{Path(sku)}/history", cancellationToken)).Items;
    }

    /// <summary>As it stood at the end of that day (UTC), by what is known now.</summary>
    public Task<StockRecord> AsOfAsync(string sku, DateOnly date, CancellationToken cancellationToken) =>
        host.GetAsync<StockRecord>($"{Path(sku)}?asOf={date:yyyy-MM-dd}", cancellationToken);

    /// <summary>As it was known at that time.</summary>
    public Task<StockRecord> AsRecordedAsync(string sku, DateTimeOffset time, CancellationToken cancellationToken) =>
        host.GetAsync<StockRecord>($"{Path(sku)}?asOfRecorded={Uri.EscapeDataString(time.ToString("O"))}", cancellationToken);

    /// <summary>Units on the shelf and the product's version, now or once it has that version.</summary>
    public async Task<(long Units, long Version)> NowAsync(string sku, CancellationToken cancellationToken, long atLeast = 0)
    {
        var answer = await host.GetAsync<JsonElement>($"{Path(sku)}?atLeast={atLeast}", cancellationToken);
        return (answer.GetProperty("unitCount").GetInt64(), answer.GetProperty("version").GetInt64());
    }

    /// <summary>An account's balance and version.</summary>
    public async Task<(decimal Balance, long Version)> BalanceAsync(string account, CancellationToken cancellationToken)
    {
        var answer = await host.GetAsync<JsonElement>($"accounts/{Uri.EscapeDataString(account)}", cancellationToken);
        return (answer.GetProperty("balance").GetDecimal(), answer.GetProperty("version").GetInt64());
    }

    /// <summary>An answer as it is written.</summary>
    public async Task<string> TextAsync(string path, CancellationToken cancellationToken) =>
        (await host.GetAsync<JsonElement>(path, cancellationToken)).GetRawText();

    private static string Path(string sku) => $"stock/{Uri.EscapeDataString(sku)}";

    private sealed record HistoryPage(IReadOnlyList<HistoryEntry> Items);
}

/// <summary>[SKU, Unit-Count, Date-incoming, Date-outgoing], at some moment.</summary>
internal sealed record StockRecord(string Sku, long UnitCount, DateOnly? DateIncoming, DateOnly? DateOutgoing)
{
    public override string ToString() => $"[{Sku}, {UnitCount}, {DateIncoming:yyyy-MM-dd}, {DateOutgoing:yyyy-MM-dd}]";
}

/// <summary>One event of a product.</summary>
/// <param name="Type">Full name of the event's record.</param>
/// <param name="Date">Business day.</param>
/// <param name="Delta">Units that came or went.</param>
/// <param name="UnitCount">Units on the shelf after it.</param>
/// <param name="Position">topic-partition@offset.</param>
internal sealed record HistoryEntry(
    long Sequence, string Type, DateOnly Date, int Delta, string? Reason, long UnitCount, string Position, DateTimeOffset RecordedAt);
