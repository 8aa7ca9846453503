using System.Text.Json.Nodes;
using Streaming.Chaos.Workload;

namespace Streaming.EndToEnd.Tests.Workload;

/// <summary>What callers of inventory alone ask for.</summary>
internal static class InventoryPlan
{
    /// <summary>The same commands for the same seed: a register per product first, then everything the API has, also what must be refused.</summary>
    public static IEnumerable<PlannedCommand> Of(int seed, int skuCount, int commandCount)
    {
        var random = new Random(seed);
        for (var number = 0; number < commandCount; number++)
        {
            var sku = $"SKU-{(number < skuCount ? number : random.Next(skuCount)):000}";
            var (action, body) = number < skuCount ? ("register", Fields(("name", $"Product {number}"))) : Pick(random);
            yield return new PlannedCommand("inventory", sku, action, $"c-{seed}-{number}", body, Turn: number);
        }
    }

    private static (string Action, JsonObject Body) Pick(Random random)
    {
        var order = $"O-{random.Next(3)}";
        return random.Next(100) switch
        {
            < 35 => ("receive", Fields(("quantity", random.Next(1, 50)), ("reason", "delivery"))),
            < 65 => ("sell", Fields(("quantity", random.Next(1, 40)), ("reason", "sale"), ("occurredAt", $"2022-{random.Next(1, 13):00}-{random.Next(1, 29):00}"))),
            < 75 => ("adjust", Fields(("quantity", random.Next(1, 20) * (random.Next(2) == 0 ? -1 : 1)), ("reason", "count"))),
            < 85 => ("reserve", Fields(("orderId", order), ("quantity", random.Next(1, 10)))),
            < 92 => ("release", Fields(("orderId", order), ("quantity", random.Next(1, 10)))),
            < 99 => ("ship", Fields(("orderId", order), ("quantity", random.Next(1, 10)))),
            _ => ("register", Fields(("name", "again"))),
        };
    }

    private static JsonObject Fields(params (string Name, JsonNode Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Name, field.Value)));
}
