namespace Streaming.Broker.Api;

/// <summary>Partition numbers.</summary>
internal static class Partitions
{
    /// <summary>0 to count - 1.</summary>
    public static int[] UpTo(int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
            numbers[i] = i;
        return numbers;
    }
}
