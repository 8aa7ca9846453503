using System.Globalization;

namespace Streaming.Chaos;

/// <summary>Where randomness begins: the environment's <c>SEED</c>, to see a failure again, or a new one each run. Messages name it.</summary>
public static class Seeds
{
    public static int Next() => Number("SEED", (int)(Environment.TickCount64 & 0xFFFFF));

    /// <summary>A number from the environment, or what it is without one.</summary>
    public static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } number ? int.Parse(number, CultureInfo.InvariantCulture) : otherwise;
}
