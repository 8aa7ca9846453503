using System.Buffers.Binary;
using Streaming.Broker.Log.Compaction;

namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class KeyHasherTests
{
    private static readonly KeyHasher Reference = new([.. Enumerable.Range(0, 16).Select(i => (byte)i)]);

    // From the authors' reference implementation (vectors.h, 128 bits): secret 00 01 … 0F, input the first n of 00 01 02 ….
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(8, "3B62A9BA6258F5610F83E264F31497B4")]
    [InlineData(15, "5493E99933B0A8117E08EC0F97CFC3D9")]
    public void Hashes_are_those_of_the_reference(int inputBytes, string expected)
    {
        var hash = Reference.Hash([.. Enumerable.Range(0, inputBytes).Select(i => (byte)i)]);
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, hash.High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), hash.Low);
        Convert.ToHexString(bytes).ShouldBe(expected);
    }

    [Fact]
    public void Another_secret_gives_other_hashes() =>
        KeyHasher.WithNewSecret().Hash("key"u8).ShouldNotBe(KeyHasher.WithNewSecret().Hash("key"u8));
}
