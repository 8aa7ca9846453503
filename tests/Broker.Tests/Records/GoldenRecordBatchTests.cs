using System.Text.Json;
using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;
using Streaming.Broker.Wire;
using Streaming.Shared;

namespace Streaming.Broker.Tests.Records;

/// <summary>Batches built by other implementations, whole and damaged.</summary>
public sealed class GoldenRecordBatchTests
{
    private static readonly JsonElement Manifest = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "golden", "kafka-record-batch.json"))).RootElement;

    [Fact]
    public void Heads_and_records_are_read_as_the_others_read_them()
    {
        foreach (var sample in Manifest.GetProperty("cases").EnumerateArray())
        {
            var id = sample.GetProperty("id").GetString()!;
            ReadOnlySpan<byte> bytes = Convert.FromHexString(sample.GetProperty("hex").GetString()!);
            foreach (var expected in sample.GetProperty("batches").EnumerateArray())
            {
                BatchCheck.IsWhole(bytes, out var header).ShouldBeTrue(id);
                ExpectHead(header, expected, id);
                ExpectRecords(bytes[..header.SizeBytes], header, expected, id);
                bytes = bytes[header.SizeBytes..];
            }

            bytes.Length.ShouldBe(sample.GetProperty("trailing_partial_bytes").GetInt32(), id);
            BatchCheck.IsWhole(bytes, out _).ShouldBeFalse(id);
        }
    }

    [Fact]
    public void Every_produced_batch_among_them_is_accepted()
    {
        foreach (var sample in Manifest.GetProperty("cases").EnumerateArray())
        {
            var batches = sample.GetProperty("batches");
            if (batches.GetArrayLength() != 1 || sample.GetProperty("trailing_partial_bytes").GetInt32() > 0)
                continue;
            // What compaction leaves (records missing, a delete horizon) is never produced.
            var only = batches[0];
            var isProduced = only.GetProperty("recordsCount").GetInt32() == only.GetProperty("lastOffsetDelta").GetInt32() + 1
                && only.GetProperty("deleteHorizonMs").ValueKind == JsonValueKind.Null;
            if (!isProduced)
                continue;
            var (error, reason, _) = BatchCheck.Incoming(Convert.FromHexString(sample.GetProperty("hex").GetString()!), mustHaveKeys: false, out _);
            error.ShouldBe(ErrorCode.None, $"{sample.GetProperty("id")}: {reason}");
        }
    }

    [Fact]
    public void Every_damaged_batch_is_refused_unless_the_damage_is_inside_compressed_records()
    {
        foreach (var sample in Manifest.GetProperty("corrupt").EnumerateArray())
        {
            var id = sample.GetProperty("id").GetString()!;
            var (error, _, _) = BatchCheck.Incoming(Convert.FromHexString(sample.GetProperty("hex").GetString()!), mustHaveKeys: false, out var header);
            var isPassedThrough = header.Compression is > 0 and <= 4;
            (error != ErrorCode.None || isPassedThrough).ShouldBeTrue(id);
        }
    }

    [Fact]
    public void Damage_inside_compressed_records_is_found_when_they_are_read()
    {
        foreach (var sample in Manifest.GetProperty("corrupt").EnumerateArray())
        {
            var batch = Convert.FromHexString(sample.GetProperty("hex").GetString()!);
            if (BatchCheck.IsWhole(batch, out var header) && header.Compression > 0)
                Should.Throw<CorruptRecordsException>(() => ReadAll(batch, header), sample.GetProperty("id").GetString()!);
        }
    }

    [Fact]
    public void Records_that_decompress_to_more_than_the_limit_are_refused_within_it()
    {
        foreach (var sample in Manifest.GetProperty("cases").EnumerateArray().Where(sample => sample.GetProperty("id").GetString()!.EndsWith("-large", StringComparison.Ordinal)))
        {
            var batch = Convert.FromHexString(sample.GetProperty("hex").GetString()!);
            var header = BatchHeader.Read(batch);
            using var inflated = new BoundedBuffer(bytesMax: 10_000);
            Should.Throw<CorruptRecordsException>(() => BatchRecords.Of(batch, header, inflated).Length).Message.ShouldContain("10000");
        }
    }

    [Fact]
    public void Bytes_of_chance_never_do_harm_to_a_decoder()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var compressed = Manifest.GetProperty("cases").EnumerateArray()
            .Select(sample => Convert.FromHexString(sample.GetProperty("hex").GetString()!))
            .Where(batch => BatchCheck.IsWhole(batch, out var header) && header.Compression > 0 && header.SizeBytes == batch.Length).ToList();
        for (var i = 0; i < 3_000; i++)
        {
            var batch = compressed[random.Next(compressed.Count)].AsSpan().ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
                batch[random.Next(BatchHeader.Bytes, batch.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                ReadAll(batch, BatchHeader.Read(batch), bytesMax: 1_000_000);
            }
            catch (CorruptRecordsException)
            {
                // As it should be; anything else fails the test.
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"seed {seed}, round {i}", wrong);
            }
        }
    }

    private static void ReadAll(byte[] batch, BatchHeader header, int bytesMax = int.MaxValue)
    {
        using var inflated = new BoundedBuffer(bytesMax);
        var walk = new RecordWalk(BatchRecords.Of(batch, header, inflated));
        var met = 0;
        while (walk.MoveNext())
            met++;
        BatchRecords.ExpectAll(met, walk.Error, header);
    }

    private static void ExpectHead(BatchHeader header, JsonElement expected, string id)
    {
        header.BaseOffset.ShouldBe(expected.GetProperty("baseOffset").GetInt64(), id);
        header.SizeBytes.ShouldBe(expected.GetProperty("sizeInBytes").GetInt32(), id);
        header.LeaderEpoch.ShouldBe(expected.GetProperty("partitionLeaderEpoch").GetInt32(), id);
        header.Crc.ShouldBe(expected.GetProperty("crc").GetUInt32(), id);
        header.IsTransactional.ShouldBe(expected.GetProperty("isTransactional").GetBoolean(), id);
        header.IsControl.ShouldBe(expected.GetProperty("isControlBatch").GetBoolean(), id);
        header.LastOffset.ShouldBe(expected.GetProperty("lastOffset").GetInt64(), id);
        header.MaxTimestamp.ShouldBe(expected.GetProperty("maxTimestamp").GetInt64(), id);
        header.ProducerId.ShouldBe(expected.GetProperty("producerId").GetInt64(), id);
        header.ProducerEpoch.ShouldBe(expected.GetProperty("producerEpoch").GetInt16(), id);
        header.BaseSequence.ShouldBe(expected.GetProperty("baseSequence").GetInt32(), id);
        header.LastSequence.ShouldBe(expected.GetProperty("lastSequence").GetInt32(), id);
        header.RecordCount.ShouldBe(expected.GetProperty("recordsCount").GetInt32(), id);
        var horizon = expected.GetProperty("deleteHorizonMs");
        header.DeleteHorizonMs.ShouldBe(horizon.ValueKind == JsonValueKind.Null ? null : horizon.GetInt64(), id);
    }

    private static void ExpectRecords(ReadOnlySpan<byte> batch, BatchHeader header, JsonElement expected, string id)
    {
        using var inflated = new BoundedBuffer();
        var walk = new RecordWalk(BatchRecords.Of(batch.ToArray(), header, inflated));
        foreach (var record in expected.GetProperty("records").EnumerateArray())
        {
            walk.MoveNext().ShouldBeTrue(id);
            (header.BaseOffset + walk.Current.OffsetDelta).ShouldBe(record.GetProperty("offset").GetInt64(), id);
            (walk.Current.HasKey ? Convert.ToBase64String(walk.Current.Key) : null).ShouldBe(record.GetProperty("key").GetString(), id);
            (walk.Current.HasValue ? Convert.ToBase64String(walk.Current.Value) : null).ShouldBe(record.GetProperty("value").GetString(), id);
        }

        walk.MoveNext().ShouldBeFalse(id);
        walk.IsAtEnd.ShouldBeTrue(id);
    }
}
