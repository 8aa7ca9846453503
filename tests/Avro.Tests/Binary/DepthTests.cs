using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Binary;

public sealed class DepthTests
{
    private const int SmallStackBytes = 1_000_000;
    private static readonly AvroSchema _list = AvroSchema.Parse("""{"type": "record", "name": "L", "fields": [{"name": "n", "type": ["null", "L"]}]}""");
    private static readonly AvroSchema _newerList = AvroSchema.Parse("""{"type": "record", "name": "L", "fields": [{"name": "v", "type": "int", "default": 0}, {"name": "n", "type": ["null", "L"]}]}""");

    [Fact]
    public void The_deepest_allowed_payload_fits_a_small_stack() => OnSmallStack(() =>
    {
        var bytes = Nested(AvroLimits.DepthMax);
        GenericEncoding.Encode(_list, GenericEncoding.Decode(_list, bytes)).ShouldBe(bytes);
        GenericEncoding.Decode(_newerList, ResolutionPlan.Create(_list, _newerList).Rewrite(bytes)).ShouldNotBeNull();
    });

    [Fact]
    public void Collections_between_the_records_fit_it_too() => OnSmallStack(() =>
    {
        var tree = AvroSchema.Parse("""{"type": "record", "name": "T", "fields": [{"name": "c", "type": {"type": "map", "values": {"type": "array", "items": "T"}}}]}""");
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([2, 0, 2], AvroLimits.DepthMax - 1).SelectMany(level => level), 0, .. Enumerable.Repeat<byte>(0, 2 * (AvroLimits.DepthMax - 1))];
        GenericEncoding.Encode(tree, GenericEncoding.Decode(tree, bytes)).ShouldBe(bytes);
    });

    [Fact]
    public void A_deeper_payload_is_refused() => OnSmallStack(() =>
    {
        Should.Throw<MalformedAvroException>(() => GenericEncoding.Decode(_list, Nested(AvroLimits.DepthMax + 1)));
        Should.Throw<MalformedAvroException>(() => ResolutionPlan.Create(_list, _newerList).Rewrite(Nested(AvroLimits.DepthMax + 1)));
    });

    private static byte[] Nested(int depth) => [.. Enumerable.Repeat((byte)2, depth - 1), 0];

    private static void OnSmallStack(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(test), SmallStackBytes);
        thread.Start();
        thread.Join();
        failure.ShouldBeNull();
    }
}
