using System.Security.Cryptography;
using Streaming.Broker.Log;
using Streaming.Broker.Records;
using Streaming.Broker.Records.Compression;
using Streaming.Broker.Wire;
using Streaming.Shared;

namespace Streaming.Broker.Tests.Log.Compaction;

public sealed class CompressedBatchTests : IAsyncDisposable
{
    private readonly CollectingLogger _logger = new();
    private readonly CompactedLog _story;

    public CompressedBatchTests() => _story = new CompactedLog(logger: _logger);

    private PartitionLog Log => _story.Log;

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 4)]
    public async Task A_batch_that_loses_records_keeps_its_codec_where_there_is_an_encoder(int codec, int codecAfterwards)
    {
        Append(codec, ("a", "old"), ("b", "kept"), ("c", null));
        Append(codec, ("d", "all of it"), ("e", "stays"));
        _story.Append(("a", "new"));
        _story.Roll();
        await _story.CompactAsync();
        var heads = Log.Heads();
        (heads[0].Compression, heads[0].RecordCount, heads[0].LastOffset).ShouldBe((codecAfterwards, 2, 2));
        (heads[1].Compression, heads[1].RecordCount).ShouldBe((codec, 2));
        Log.Records().Take(5).Select(record => (record.Key, record.Value)).ShouldBe([("b", "kept"), ("c", null), ("d", "all of it"), ("e", "stays"), ("a", "new")]);
        Log.Records().ShouldAllBe(record => record.TimestampMs == _story.NowMs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Records_that_are_no_such_codec_stop_compaction_there_once_and_lose_nothing(int codec)
    {
        _story.Append(("a", "old"));
        _story.Append(("a", "new"));
        _story.Roll();
        Append(Some.Keyed([("a", "unreadable")]), codec, [0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA]);
        _story.Append(("a", "newer"));
        _story.Roll();
        var unreadable = Log.ViewForCompaction().Segments[^2];
        var bytes = SHA256.HashData(File.ReadAllBytes(unreadable.Path.Log));
        for (var i = 0; i < 3; i++)
        {
            await _story.CompactAsync();
            _story.Append(("a", $"newest {i}"));
            _story.Roll();
        }

        SHA256.HashData(File.ReadAllBytes(unreadable.Path.Log)).ShouldBe(bytes);
        _logger.Errors.ShouldHaveSingleItem().ShouldContain($"{Some.Partition}@");
        var batches = Log.Heads();
        batches.ShouldContain(head => head.Compression == codec);
        batches.ShouldNotContain(head => head.BaseOffset == 0); // what is before it was compacted
        batches[^1].NextOffset.ShouldBe(Log.NextOffset);
    }

    [Fact]
    public async Task A_batch_that_decompresses_to_more_than_allowed_is_left_alone()
    {
        _story.Options.InflatedBatchBytesMax = 100_000;
        Append(1, ("bomb", new string('0', 10_000_000)));
        _story.Append(("bomb", "newer"));
        _story.Roll();
        await _story.CompactAsync();
        _logger.Errors.ShouldHaveSingleItem().ShouldContain("100000");
        Log.Records().Count(record => record.Key == "bomb").ShouldBe(2);
    }

    [Fact]
    public async Task A_record_that_claims_an_offset_of_the_future_does_not_delete_what_comes_then()
    {
        var batch = Some.Keyed([("key", "liar")]);
        batch[BatchHeader.Bytes + 3] = 100; // its offset delta: 50
        Append(batch, 1, Gzip(batch.AsSpan(BatchHeader.Bytes)));
        _story.Append(("key", "newest"));
        _story.Roll();
        await _story.CompactAsync();
        _logger.Errors.ShouldHaveSingleItem().ShouldContain("50");
        Log.Records().ShouldContain(record => record.Value == "newest");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_compacted_topic_takes_compressed_records_with_keys_only(int codec)
    {
        var keyed = Compressed.Of(Some.Keyed([("key", "value"), ("other", null)]), codec);
        BatchCheck.Incoming(keyed, mustHaveKeys: true, out _).Error.ShouldBe(ErrorCode.None);
        var keyless = Compressed.Of(Some.Keyless("value"), codec);
        BatchCheck.Incoming(keyless, mustHaveKeys: false, out _).Error.ShouldBe(ErrorCode.None);
        BatchCheck.Incoming(keyless, mustHaveKeys: true, out _).Error.ShouldBe(ErrorCode.InvalidRecord);
        BatchCheck.Incoming(Compressed.With(keyed, codec, [1, 2, 3, 4, 5]), mustHaveKeys: true, out _).Error.ShouldBe(ErrorCode.InvalidRecord);
    }

    [Fact]
    public async Task A_bit_flipped_on_disk_is_found_and_never_copied()
    {
        for (var i = 0; i < 30; i++)
            _story.Append(("key", $"value {i}"));
        _story.Roll();
        var damaged = Log.ViewForCompaction().Segments[1];
        using (var file = File.OpenHandle(damaged.Path.Log, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            RandomAccess.Write(file, [0x55], RandomAccess.GetLength(file) - 3);
        await _story.CompactAsync();
        _logger.Errors.ShouldHaveSingleItem().ShouldContain("CRC");
        File.Exists(damaged.Path.Log).ShouldBeTrue();
        Log.CleanablePart().EndOffset.ShouldBe(damaged.BaseOffset);
    }

    [Fact]
    public void A_record_inside_a_compressed_batch_is_found_by_its_time()
    {
        var batch = Compressed.Of(Some.Timed([("a", 1_000), ("b", 2_000), ("c", 3_000)]), 1);
        Log.Append(batch).Error.ShouldBe(ErrorCode.None);
        Log.FindTime(1_500).ShouldBe((1, 2_000));
        Log.FindTime(2_001).ShouldBe((2, 3_000));
        Log.FindTime(3_001).ShouldBeNull();
    }

    private void Append(int codec, params (string Key, string? Value)[] records) =>
        Log.Append(Compressed.Of(Some.Keyed(records, timestampMs: _story.NowMs), codec)).Error.ShouldBe(ErrorCode.None);

    private void Append(byte[] batch, int codec, byte[] compressed) => Log.Append(Compressed.With(batch, codec, compressed)).Error.ShouldBe(ErrorCode.None);

    private static byte[] Gzip(ReadOnlySpan<byte> records)
    {
        using var output = new BoundedBuffer();
        Codecs.Encode(1, records, output);
        return output.Written.ToArray();
    }
}
