using System.Globalization;
using System.Text.Json.Nodes;

namespace Streaming.Chaos.Workload;

/// <summary>A shop's day, as far as a seed determines it: products and accounts, then orders, deliveries, sales and payments in any mixture.</summary>
/// <remarks>Stock and money are scarce enough that some orders fail at every step.</remarks>
public sealed class Shop(int seed, int productCount = 40, int accountCount = 60)
{
    /// <summary>What must be there before anything else; the order among these does not matter.</summary>
    public IEnumerable<PlannedCommand> Opening()
    {
        for (var i = 0; i < productCount; i++)
            yield return Command(i, "inventory", Product(i), "register", $"open-{i}", ("name", $"Product {i}"));
        for (var i = 0; i < accountCount; i++)
            yield return Command(i, "accounts", Account(i), "open", $"open-{i}", ("holder", $"Holder {i}"), ("currency", "EUR"), ("openingBalance", "500.00"));
    }

    /// <summary>What is on the shelves when the day begins.</summary>
    public IEnumerable<PlannedCommand> Stocking() =>
        Enumerable.Range(0, productCount).Select(i => Command(i, "inventory", Product(i), "receive", $"stock-{i}", ("quantity", 30), ("reason", "first delivery")));

    /// <summary>The number-th command of the day.</summary>
    public PlannedCommand Next(int number)
    {
        var random = new Random(unchecked((seed * 486_187_739) ^ number));   // Not HashCode: it differs from process to process.
        var id = string.Create(CultureInfo.InvariantCulture, $"c-{seed}-{number}");
        var (product, account, turn) = (Product(random.Next(productCount)), Account(random.Next(accountCount)), random.Next(1_000));
        return random.Next(100) switch
        {
            < 40 => Place(random, turn, number, id, account),
            < 60 => Command(turn, "inventory", product, "receive", id, ("quantity", random.Next(1, 20)), ("reason", "delivery")),
            < 70 => Command(turn, "inventory", product, "sell", id, ("quantity", random.Next(1, 10)), ("reason", "counter sale")),
            < 75 => Command(turn, "inventory", product, "adjust", id, ("quantity", random.Next(2) == 0 ? -1 : 1), ("reason", "count")),
            < 90 => Command(turn, "accounts", account, "deposit", id, ("amount", Amount(random, 200)), ("currency", "EUR")),
            < 97 => Command(turn, "accounts", account, "withdraw", id, ("amount", Amount(random, 150)), ("currency", "EUR")),
            < 99 => Command(turn, "accounts", account, "reverse", id, ("entry", random.Next(1, 10)), ("reason", "entered wrongly")),
            _ => Command(turn, "orders", $"O-{seed}-{Math.Max(0, number - random.Next(1, 30))}", "cancel", id, ("reason", "changed my mind")),
        };
    }

    private PlannedCommand Place(Random random, int turn, int number, string commandId, string account)
    {
        var lines = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Product(random.Next(productCount))).Distinct().Select(sku =>
            (JsonNode)Fields(("sku", sku), ("quantity", random.Next(1, 6)), ("unitPrice", Amount(random, 30))));
        var customer = random.Next(20) switch { 0 => "blocked-1", 1 => "unlucky-1", _ => $"customer-{random.Next(100)}" };
        return Command(turn, "orders", $"O-{seed}-{number}", "place", commandId,
            ("customerId", customer), ("accountId", account), ("currency", "EUR"), ("lines", new JsonArray([.. lines])));
    }

    private static string Product(int number) => string.Create(CultureInfo.InvariantCulture, $"SKU-{number:000}");

    private static string Account(int number) => string.Create(CultureInfo.InvariantCulture, $"ACC-{number:000}");

    private static string Amount(Random random, int unitsMax) => string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, unitsMax)}.{random.Next(100):00}");

    private static PlannedCommand Command(int turn, string context, string aggregateId, string action, string commandId, params (string Name, JsonNode? Value)[] fields) =>
        new(context, aggregateId, action, commandId, Fields(fields), turn);

    private static JsonObject Fields(params (string Name, JsonNode? Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
