using System.Globalization;
using System.Text.Json;
using Streaming.Contracts.Topics;

namespace Streaming.Contracts.Tests.Topics;

public sealed class Murmur2Tests
{
    [Fact]
    public void Hashes_and_partitions_are_those_of_Kafkas_own_partitioner()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "murmur2.json")));
        var cases = manifest.RootElement.GetProperty("cases").EnumerateArray().ToList();
        cases.Count.ShouldBeGreaterThan(200);

        foreach (var golden in cases)
        {
            var id = golden.GetProperty("id").GetString();
            var key = Convert.FromHexString(golden.GetProperty("key_hex").GetString()!);
            Murmur2.Hash(key).ShouldBe(golden.GetProperty("murmur2").GetInt32(), id);
            foreach (var partition in golden.GetProperty("partitions").EnumerateObject())
                Murmur2.Partition(key, int.Parse(partition.Name, CultureInfo.InvariantCulture)).ShouldBe(partition.Value.GetInt32(), id);
        }
    }

    [Theory]
    [InlineData("XYZ-1")]
    [InlineData("größer als ASCII, Ω")]
    public void A_text_is_placed_by_its_UTF8_bytes(string aggregateId) =>
        Murmur2.Partition(aggregateId, 6).ShouldBe(Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(aggregateId), 6));

    [Fact]
    public void A_text_longer_than_the_stack_buffer_is_placed_alike()
    {
        var aggregateId = new string('x', 1_000);
        Murmur2.Partition(aggregateId, 6).ShouldBe(Murmur2.Partition(System.Text.Encoding.UTF8.GetBytes(aggregateId), 6));
    }
}
