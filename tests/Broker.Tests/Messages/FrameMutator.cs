using System.Buffers.Binary;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Damages frames: bits, bytes and lengths change, come and go.</summary>
internal sealed class FrameMutator(Random random)
{
    private const int OneInLies = 16;
    private static readonly int[] Extremes = [-1, 0, 1, 2, 127, 128, 255, 65_535, 1_000_000, int.MaxValue, int.MinValue, -2];

    /// <param name="fieldStarts">Where its fields begin, lengths and counts among them: they are hit more often than the rest.</param>
    public byte[] Mutate(byte[] frame, IReadOnlyList<int> fieldStarts)
    {
        var mutated = Damage(frame, fieldStarts);
        // Mostly the length is true, so that what is behind it gets read.
        if (mutated.Length >= sizeof(int) && random.Next(OneInLies) > 0)
            BinaryPrimitives.WriteInt32BigEndian(mutated, mutated.Length - sizeof(int));
        return mutated;
    }

    /// <summary>The same for bytes that have no length before them.</summary>
    public byte[] Damage(byte[] whole, IReadOnlyList<int> fieldStarts)
    {
        var bytes = whole.ToList();
        do
            Change(bytes, fieldStarts.Count > 0 && random.Next(4) > 0 ? fieldStarts[random.Next(fieldStarts.Count)] : random.Next(bytes.Count));
        while (bytes.Count > 0 && random.Next(3) == 0);
        return [.. bytes];
    }

    /// <summary>Bytes that never were anything.</summary>
    public byte[] Noise(int sizeBytes)
    {
        var noise = new byte[sizeBytes];
        random.NextBytes(noise);
        return noise;
    }

    private void Change(List<byte> bytes, int at)
    {
        if (at >= bytes.Count)
            return;
        // What leaves the size as it is mostly leaves a request that can be read.
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 3 or 4:
                bytes[at] = (byte)random.Next(256);
                break;
            case 5 or 6:
                Overwrite(bytes, at, sizeof(int));
                break;
            case 7:
                Overwrite(bytes, at, sizeof(short));
                break;
            case 8:
                bytes.InsertRange(at, Noise(1 + random.Next(8)));
                break;
            case 9:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Next(8)));
                break;
            case 10:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.Next(32))));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private void Overwrite(List<byte> bytes, int at, int sizeBytes)
    {
        var extreme = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(extreme, Extremes[random.Next(Extremes.Length)]);
        for (var i = 0; i < sizeBytes && at + i < bytes.Count; i++)
            bytes[at + i] = extreme[extreme.Length - sizeBytes + i];
    }
}
