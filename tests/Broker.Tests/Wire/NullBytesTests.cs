using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Wire;

public sealed class NullBytesTests
{
    [Fact]
    public void Null_is_not_empty()
    {
        var reader = new WireReader(Convert.FromHexString("FFFFFFFF" + "00000000"));

        reader.ReadNullableBytes().HasValue.ShouldBeFalse();
        reader.ReadNullableBytes()!.Value.Length.ShouldBe(0);
    }
}
