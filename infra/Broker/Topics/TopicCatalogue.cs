namespace Streaming.Broker.Topics;

/// <summary>A topic as the catalogue's file describes it.</summary>
internal sealed record TopicEntry(string Name, Guid Id, int Partitions, IReadOnlyDictionary<string, string> Settings);

/// <summary>The file that says which topics there are: <c>topics.json</c>, replaced whole at every change.</summary>
internal static class TopicCatalogue
{
    private const string FileName = "topics.json";

    /// <summary>Reads the file, making an empty one for a new data folder.</summary>
    /// <param name="hasData">Whether there are logs, which the file must name then: those that it does not name are deleted.</param>
    /// <exception cref="InvalidDataException">The file is missing although there are logs, or it is damaged.</exception>
    public static IReadOnlyList<TopicEntry> Open(string dataDirectory, bool hasData)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            if (hasData)
                throw new InvalidDataException($"{path} is missing, and there are logs: restore it from a backup, or move the logs away to begin anew.");
            Save(dataDirectory, []);
        }

        return JsonFile.Read<List<TopicEntry>>(path) ?? [];
    }

    public static void Save(string dataDirectory, IEnumerable<TopicEntry> topics) => JsonFile.Write(Path.Combine(dataDirectory, FileName), topics);
}
