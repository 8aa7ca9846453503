namespace Streaming.Avro.Binary;

/// <summary>Bounds that keep hostile or mistaken data from exhausting memory or stack. Lengths need none: they are checked against the bytes that are there.</summary>
public static class AvroLimits
{
    /// <summary>Records within records, by recursion of a schema into itself. A thread's stack of 1 MB holds more than twice as many.</summary>
    public const int DepthMax = 300;

    /// <summary>Items that take no bytes, such as nulls, in one payload: five bytes could claim two thousand million of them.</summary>
    public const int EmptyItemsMax = 100_000;
}
