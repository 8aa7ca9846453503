namespace Streaming.Broker.Tests.Log;

/// <summary>What a disk may do to a file.</summary>
internal static class BitRot
{
    /// <summary>Turns over a bit of a file that others have open.</summary>
    public static void Flip(string path, int position, int bit)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var one = new byte[1];
        RandomAccess.Read(file, one, position).ShouldBe(1);
        one[0] ^= (byte)(1 << bit);
        RandomAccess.Write(file, one, position);
    }
}
