namespace Streaming.Local;

internal static class Program
{
    public static int Main() => 0;
}
