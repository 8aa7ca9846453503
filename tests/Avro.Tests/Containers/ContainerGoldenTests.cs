using System.Text.Json;
using Streaming.Avro.Containers;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Containers;

/// <summary>Files that Java, Python and fastavro wrote, and files that are damaged.</summary>
public sealed class ContainerGoldenTests
{
    private const string Family = "avro-ocf";
    private const long AllocatedBytesMax = 20_000_000;

    public static TheoryData<string> Files => Golden.Ids(Family, where: item => item.Text("codec") is not ("bzip2" or "xz"));

    public static TheoryData<string> FilesOfOtherCodecs => Golden.Ids(Family, where: item => item.Text("codec") is "bzip2" or "xz");

    public static TheoryData<string> Damaged => Golden.Ids(Family, "corrupt");

    [Theory, MemberData(nameof(Files))]
    public void A_file_of_others_is_read(string id)
    {
        var golden = Golden.Case(Family, id);
        using var file = Open(golden);
        var reader = ContainerReader.Open(file);

        Convert.ToHexStringLower(reader.SyncMarker.Span).ShouldBe(golden.Text("sync_marker_hex"));
        Text(reader).ShouldBe(golden.GetProperty("metadata").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!), ignoreOrder: true);
        reader.ReadValues().Select(value => GoldenValue.Write(reader.Schema, value)).ShouldBe(Records(golden).Select(json => GoldenValue.Write(reader.Schema, GoldenValue.Read(reader.Schema, json))));
    }

    [Theory, MemberData(nameof(Files))]
    public void Written_again_it_holds_the_same_with_every_codec(string id)
    {
        var golden = Golden.Case(Family, id);
        foreach (var codec in Enum.GetValues<ContainerCodec>())
        {
            using var file = Open(golden);
            var reader = ContainerReader.Open(file);
            using var copy = new MemoryStream();
            using (var writer = ContainerWriter.Create(copy, reader.Schema, codec, reader.Metadata, blockBytes: 500))
            {
                foreach (var value in reader.ReadValues())
                    writer.Write(value);
            }

            copy.Position = 0;
            file.Position = 0;
            var written = ContainerReader.Open(copy);
            written.Codec.ShouldBe(codec);
            Text(written).ShouldBe(Text(reader), ignoreOrder: true);
            written.Schema.CanonicalForm.ShouldBe(reader.Schema.CanonicalForm);
            written.ReadEncoded().ShouldBe(ContainerReader.Open(file).ReadEncoded());
        }
    }

    [Theory, MemberData(nameof(FilesOfOtherCodecs))]
    public void A_codec_that_is_not_served_is_named(string id)
    {
        var golden = Golden.Case(Family, id);
        using var file = Open(golden);
        Should.Throw<MalformedContainerException>(() => ContainerReader.Open(file)).Message.ShouldContain(golden.Text("codec"));
    }

    [Theory, MemberData(nameof(Damaged))]
    public void A_damaged_file_is_an_error_without_large_allocations(string id)
    {
        using var file = Open(Golden.Case(Family, id, "corrupt"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<MalformedContainerException>(() => ContainerReader.Open(file).ReadValues().Count(), id);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedBytesMax, id);
    }

    private static Dictionary<string, string> Text(ContainerReader reader) => reader.Metadata.ToDictionary(entry => entry.Key, entry => Convert.ToBase64String(entry.Value));

    private static FileStream Open(JsonElement golden) => File.OpenRead(PathOf(golden.Text("file")));

    private static JsonElement[] Records(JsonElement golden)
    {
        using var records = JsonDocument.Parse(File.ReadAllText(PathOf(golden.Text("records_file"))));
        return [.. records.RootElement.EnumerateArray().Select(record => record.Clone())];
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "golden", Family, file);
}
