using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using Streaming.Avro.Tests.Resolution;

namespace Streaming.Avro.Generator.Tests;

/// <summary>Generated records read other versions of themselves directly where they can; whatever they read then is what they read of rewritten bytes.</summary>
public sealed class OlderVersionTests
{
    private const int SeedCount = 2;
    private const int EvolutionCount = 40;

    [Fact]
    public void Fields_that_came_went_and_moved_are_read_where_they_are()
    {
        var record = Compiled("""
            {"type": "record", "name": "R", "fields": [{"name": "added", "type": "string", "default": "new"}, {"name": "last", "type": ["null", "int"]}, {"name": "first", "type": "string"},
             {"name": "renamed", "aliases": ["second"], "type": "long"}, {"name": "self", "type": ["null", "R"], "default": null}]}
            """).Single();
        var writer = AvroSchema.Parse("""
            {"type": "record", "name": "R", "fields": [{"name": "gone", "type": "bytes"}, {"name": "first", "type": "string"}, {"name": "second", "type": "long"},
             {"name": "went", "type": {"type": "array", "items": "int"}}, {"name": "last", "type": ["null", "int"]}, {"name": "over", "type": "boolean"}]}
            """);

        var read = ResolutionPlan.Create(writer, record.Schema).Decode(record, Convert.FromHexString("0401020261100202000206" + "01"));
        read.ToString().ShouldBe("R { Added = new, Last = 3, First = a, Renamed = 8, Self =  }");
    }

    [Fact]
    public void A_field_that_two_read_is_read_by_both()
    {
        var record = Compiled("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string", "aliases": ["a"]}]}""").Single();
        var writer = AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}""");

        ResolutionPlan.Create(writer, record.Schema).Decode(record, [2, (byte)'x']).ToString().ShouldBe("R { A = x, B = x }");
    }

    [Fact]
    public void An_int_beyond_int_is_malformed_though_it_is_read_as_a_long()
    {
        var record = Compiled("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}""").Single();
        var plan = ResolutionPlan.Create(AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"""), record.Schema);

        plan.Decode(record, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]).ToString().ShouldBe("R { A = 2147483647 }");
        Should.Throw<MalformedAvroException>(() => plan.Decode(record, [0xFE, 0xFF, 0xFF, 0xFF, 0x1F]));
    }

    [Fact]
    public void Nesting_without_end_is_malformed_in_another_version_too()
    {
        var record = Compiled("""{"type": "record", "name": "R", "fields": [{"name": "added", "type": "int", "default": 1}, {"name": "next", "type": ["null", {"type": "record", "name": "L", "fields": [{"name": "n", "type": ["null", "L"]}]}]}]}""").Single(record => record.FullName == "R");
        var writer = AvroSchema.Parse("""{"type": "record", "name": "R", "fields": [{"name": "next", "type": ["null", {"type": "record", "name": "L", "fields": [{"name": "n", "type": ["null", "L"]}]}]}]}""");

        Should.Throw<MalformedAvroException>(() => ResolutionPlan.Create(writer, record.Schema).Decode(record, Enumerable.Repeat((byte)2, 100_000).ToArray()));
    }

    [Fact]
    public void Whatever_the_evolution_and_however_damaged_the_bytes_it_reads_what_it_reads_of_rewritten_bytes() => Seeds.ForEach(SeedCount, random =>
    {
        var evolutions = Enumerable.Range(0, EvolutionCount).Select(i => new Evolution(random, $"R{i}N")).ToList();
        var records = Compiled([.. evolutions.Select(evolution => evolution.Reader.ToString())]).ToDictionary(record => record.FullName);
        foreach (var evolution in evolutions)
        {
            var record = records[evolution.Reader.FullName];
            var plan = ResolutionPlan.Create(evolution.Writer, record.Schema);
            for (var damages = 0; damages < 20; damages++)
            {
                var bytes = Damaged(evolution.Bytes, damages / 4, random);
                Outcome(() => plan.Decode(record, bytes)).ShouldBe(Outcome(() => AvroEncoding.Decode(record, plan.Rewrite(bytes))), $"{evolution.Writer} as {evolution.Reader}: {Convert.ToHexString(bytes)}");
            }
        }
    });

    /// <summary>The record, or that there is none.</summary>
    private static object Outcome(Func<IAvroRecord> read)
    {
        try
        {
            return read();
        }
        catch (MalformedAvroException)
        {
            return "malformed";
        }
    }

    private static byte[] Damaged(byte[] bytes, int changes, Random random)
    {
        var damaged = bytes.AsSpan(0, changes > 2 ? random.Next(bytes.Length + 1) : bytes.Length).ToArray();
        for (; changes > 0 && damaged.Length > 0; changes--)
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        return damaged;
    }

    private static IReadOnlyList<AvroRecordType> Compiled(params string[] schemas)
    {
        var run = GeneratedCode.Run(schemas);
        run.Diagnostics.ShouldBeEmpty();
        return GeneratedCode.Records(GeneratedCode.Load(run.GeneratedTrees));
    }
}
