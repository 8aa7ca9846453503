using Streaming.Contracts.__Context__;

namespace Streaming.Domain.Tests.__Context__;

/// <summary>Values that a test needs and does not care about, and commands and events without their optional fields.</summary>
internal static class Some
{
    public static readonly __Aggregate__Id Id = new("A-1");
    public static readonly DateTimeOffset Day = new(2022, 3, 15, 0, 0, 0, TimeSpan.Zero);

    public static Open__Aggregate__ Open(string name = "First") => new(Id, name, null, null, Day);
    public static Count__Aggregate__ Count(int quantity) => new(Id, quantity, null, null, Day);
    public static Close__Aggregate__ Close() => new(Id, null, null, Day);

    public static __Aggregate__Opened Opened(string name = "First") => new(Id, name, null, null, 0, Day);
    public static __Aggregate__Counted Counted(int quantity, int total) => new(Id, quantity, null, null, total, Day);
    public static __Aggregate__Closed Closed(int total = 0) => new(Id, null, null, total, Day);
}
