using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Resolution;

/// <summary>Writers' schemas come from a registry, which takes them from anybody: none may stop a reader.</summary>
public sealed class HostileSchemaTests
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(20);
    private static readonly AvroSchema _reader = AvroSchema.Parse("""{"type":"record","name":"W","fields":[{"name":"id","type":"long","default":0}]}""");

    [Fact]
    public void Records_that_hold_one_another_twice_end_at_a_bound()
    {
        var writer = Doubling(60, items: "R60");
        Should.Throw<MalformedAvroException>(() => Soon(() => GenericEncoding.Decode(writer, [])));
        Should.Throw<MalformedAvroException>(() => Soon(() => ResolutionPlan.Create(writer, _reader).Rewrite([])));
    }

    [Fact]
    public void Arrays_of_them_are_sized_in_time()
    {
        var writer = Doubling(60, items: """{"type":"array","items":"R60"}""");
        Soon(() => ResolutionPlan.Create(writer, _reader).Rewrite([0]).ShouldBe([0]));
        Should.Throw<MalformedAvroException>(() => Soon(() => GenericEncoding.Decode(writer, [2, 0])));
    }

    [Fact]
    public void A_chain_too_long_for_the_stack_is_an_ordinary_error()
    {
        var chain = Enumerable.Range(1, 100_000).Select(i => Record($"R{i}", i == 1 ? "int" : $"\"R{i - 1}\"")).ToArray();
        var writer = AvroSchema.Parse($$"""{"type":"record","name":"W","fields":[{"name":"all","type":[{{string.Join(",", chain)}}]},{"name":"id","type":"R100000"}]}""");
        var same = AvroSchema.Parse(writer.ToString());
        Should.Throw<UnresolvableSchemaException>(() => Soon(() => ResolutionPlan.Create(writer, _reader)));
        Should.Throw<UnresolvableSchemaException>(() => Soon(() => ResolutionPlan.Create(((RecordSchema)writer).Fields[1].Schema, ((RecordSchema)same).Fields[1].Schema)));
        Should.Throw<MalformedAvroException>(() => Soon(() => GenericEncoding.Decode(writer, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0])));
    }

    /// <summary>R1 holds two R0 without fields, R2 two R1, and so on: two to the power of n records in no byte.</summary>
    private static AvroSchema Doubling(int count, string items)
    {
        var records = Enumerable.Range(1, count).Select(i =>
            $$"""{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":"R{{i - 1}}"},{"name":"b","type":"R{{i - 1}}"}]}""").Prepend("""{"type":"record","name":"R0","fields":[]}""");
        var field = items.StartsWith('{') ? items : $"\"{items}\"";
        return ((UnionSchema)AvroSchema.Parse($$"""[{{string.Join(",", records)}},{"type":"record","name":"W","fields":[{"name":"x","type":{{field}}}]}]""")).Branches[^1];
    }

    private static string Record(string name, string type) => $$"""{"type":"record","name":"{{name}}","fields":[{"name":"f","type":{{(type == "int" ? "\"int\"" : type)}}}]}""";

    /// <summary>On a thread of its own, so that a loop without end fails the test instead of stopping it.</summary>
    private static void Soon(Action action)
    {
        var running = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([running], _soon) < 0)
            Assert.Fail($"not done within {_soon.TotalSeconds} s");
        running.GetAwaiter().GetResult();
    }
}
