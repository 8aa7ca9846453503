using System.Diagnostics;
using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>One thing that happens in the story.</summary>
internal sealed record StoryStep(string Action, int Quantity, DateOnly Date, string Reason)
{
    /// <summary>What it does to the units on the shelf.</summary>
    public int Delta => Action == "sell" ? -Quantity : Quantity;

    /// <summary>What the event is called today.</summary>
    public string EventType => Action switch
    {
        "register" => "streaming.inventory.v2.ProductRegistered",
        "receive" => "streaming.inventory.StockReceived",
        "sell" => "streaming.inventory.StockSold",
        "adjust" => Quantity < 0 ? "streaming.inventory.v2.StockLost" : "streaming.inventory.v2.StockFound",
        _ => throw new UnreachableException($"No event for {Action}; add it above."),
    };

    /// <summary>A story that was recorded by an earlier version has the name of then.</summary>
    public bool IsRecordedAs(string eventType) => eventType == EventType || (Action, eventType) switch
    {
        ("register", "streaming.inventory.ProductRegistered") => true,
        ("adjust", "streaming.inventory.StockAdjusted") => true,
        _ => false,
    };
}

/// <summary>Three months of one product, told by its events: 100 → 200 → 230 → 190 units.</summary>
internal static class ReferenceStory
{
    /// <summary>The events in the order in which they are recorded; the first gets sequence 1.</summary>
    public static IReadOnlyList<StoryStep> Steps { get; } =
    [
        new("register", 0, Day(1, 1), "New in the catalogue"),
        new("receive", 120, Day(1, 1), "Opening delivery"),
        new("sell", 20, Day(2, 1), "Sold to the first customer"),
        new("receive", 100, Day(3, 1), "Restocked by the supplier"),
        new("sell", 20, Day(3, 15), "Sold at the spring fair"),
        new("receive", 50, Day(3, 15), "Delivery for the season"),
        new("sell", 20, Day(4, 1), "Sold in the web shop"),
        new("adjust", -20, Day(4, 1), "Water damage, found when counting"),
    ];

    /// <summary>Happened before the last four steps, and was recorded after them.</summary>
    public static StoryStep LateSale { get; } = new("sell", 5, Day(3, 10), "Sold on the road, reported late");

    /// <summary>The record at the end of each of these days.</summary>
    public static IReadOnlyList<(DateOnly Date, StockRecord Record)> Records(string sku) =>
    [
        (Day(2, 1), new(sku, 100, Day(1, 1), Day(2, 1))),
        (Day(3, 1), new(sku, 200, Day(3, 1), Day(2, 1))),
        (Day(3, 15), new(sku, 230, Day(3, 15), Day(3, 15))),
        (Day(4, 1), new(sku, 190, Day(3, 15), Day(4, 1))),
    ];

    /// <summary>Days on both sides of the late sale.</summary>
    public static IReadOnlyList<DateOnly> DaysAroundLateSale { get; } = [Day(2, 1), Day(3, 1), Day(3, 9), Day(3, 10), Day(3, 15), Day(4, 1)];

    private static DateOnly Day(int month, int day) => new(2022, month, day);
}
