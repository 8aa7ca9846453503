using System.Globalization;

namespace Streaming.Chaos;

/// <summary>Where randomness begins: the environment's <c>SEED</c>, to see a failure again, or a new one each run. Messages name it.</summary>
public static class Seeds
{
    public static int Next() => Environment.GetEnvironmentVariable("SEED") is { Length: > 0 } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : (int)(Environment.TickCount64 & 0xFFFFF);
}
