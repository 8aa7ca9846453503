using System.Text.Json;

namespace Streaming.Broker.Topics;

/// <summary>A topic as the catalogue's file describes it.</summary>
internal sealed record TopicEntry(string Name, Guid Id, int Partitions, IReadOnlyDictionary<string, string> Settings);

/// <summary>The file that says which topics there are: <c>topics.json</c>, replaced whole at every change.</summary>
internal static class TopicCatalogue
{
    private const string FileName = "topics.json";
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static IReadOnlyList<TopicEntry> Load(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<List<TopicEntry>>(File.ReadAllBytes(path), Format) ?? [] : [];
    }

    public static void Save(string dataDirectory, IEnumerable<TopicEntry> topics) =>
        AtomicFile.Write(Path.Combine(dataDirectory, FileName), JsonSerializer.SerializeToUtf8Bytes(topics, Format));
}
