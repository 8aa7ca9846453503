using System.Text.Json;

namespace Streaming.Cli.Api;

/// <summary>The Elastic sink's query API.</summary>
internal sealed class SearchApi(HostClient host)
{
    /// <summary>Products whose name, or SKU, has all of these words.</summary>
    public async Task<IReadOnlyList<FoundProduct>> ProductsAsync(string words, CancellationToken cancellationToken) =>
        (await host.GetAsync<ProductPage>($"products?q={Uri.EscapeDataString(words)}", cancellationToken)).Items;

    /// <summary>A product as it is found now, or once it has that version.</summary>
    public Task<FoundProduct> ProductAsync(string sku, long atLeast, CancellationToken cancellationToken) =>
        host.GetAsync<FoundProduct>($"products/{Uri.EscapeDataString(sku)}?atLeast={atLeast}", cancellationToken);

    /// <summary>An account's balance, once it has that version.</summary>
    public async Task<decimal> BalanceAsync(string account, long atLeast, CancellationToken cancellationToken) =>
        (await host.GetAsync<JsonElement>($"accounts/{Uri.EscapeDataString(account)}?atLeast={atLeast}", cancellationToken)).GetProperty("balance").GetDecimal();

    /// <summary>What came and went on an account, month by month.</summary>
    public async Task<IReadOnlyList<MonthOfMovements>> MonthsAsync(string account, CancellationToken cancellationToken)
    {
        var page = await host.GetAsync<JsonElement>($"accounts/{Uri.EscapeDataString(account)}/movements", cancellationToken);
        return [.. page.GetProperty("sums").GetProperty("months").GetProperty("buckets").EnumerateArray().Select(bucket => new MonthOfMovements(
            DateTimeOffset.FromUnixTimeMilliseconds(bucket.GetProperty("key").GetInt64()), bucket.GetProperty("doc_count").GetInt32(),
            (decimal)bucket.GetProperty("amount").GetProperty("value").GetDouble()))];
    }

    private sealed record ProductPage(IReadOnlyList<FoundProduct> Items);
}

/// <summary>A product as a document.</summary>
internal sealed record FoundProduct(string Sku, string Name, long OnHand, long Available);

/// <param name="Movements">How many there were.</param>
/// <param name="Amount">Their sum.</param>
internal sealed record MonthOfMovements(DateTimeOffset Month, int Movements, decimal Amount);
