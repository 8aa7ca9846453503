namespace Streaming.Lake.Tests.Support;

/// <summary>Runs a random test with one seed after another; a failure names its seed, and <c>LAKE_SEED</c> runs that one alone.</summary>
internal static class Seeds
{
    public static void ForEach(int count, Action<Random> test)
    {
        var only = Environment.GetEnvironmentVariable("LAKE_SEED");
        var first = only is null ? Environment.TickCount & 0xFFFFFF : int.Parse(only);
        for (var seed = first; seed < first + (only is null ? count : 1); seed++)
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"With LAKE_SEED={seed}: {failure.Message}", failure);
            }
        }
    }
}
