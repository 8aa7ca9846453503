using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.Search.Failures;

namespace Streaming.Search.Store;

/// <summary>What an index consists of at one moment: a restart opens these segments and replays the translog from here.</summary>
/// <param name="TranslogGeneration">The first file to replay.</param>
/// <param name="NextSegment">Number of the next segment's file.</param>
/// <param name="NextSequence">First one not in the segments.</param>
internal sealed record Commit(long TranslogGeneration, long NextSegment, long NextSequence, IReadOnlyList<CommittedSegment> Segments)
{
    public const string FileName = "commit";

    public static Commit Empty { get; } = new(1, 1, 0, []);

    public void Write(string folder) => DurableFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, StoreJson.Default.Commit));

    /// <exception cref="DamagedFileException">It is not what was written.</exception>
    public static Commit Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return Empty;
        try
        {
            return JsonSerializer.Deserialize(DurableFile.Read(path), StoreJson.Default.Commit) ?? throw new DamagedFileException(path, "it is empty");
        }
        catch (JsonException cause)
        {
            throw new DamagedFileException(path, "it is no JSON", cause);
        }
    }
}

/// <param name="Live">Bits of the documents that nothing has replaced; null or empty: all of them.</param>
internal sealed record CommittedSegment(string File, byte[]? Live);

/// <summary>An index's settings and mapping, as its folder has them.</summary>
internal sealed record IndexDescription(
    string Name, string Uuid, DateTimeOffset CreatedAt, string RefreshInterval, int ReplicaCount, int ShardCount, int ResultWindowMax, JsonElement Mapping);

/// <summary>Which indices an alias stands for; the value says whether writes go there, null: it was not said.</summary>
internal sealed record AliasBook(Dictionary<string, Dictionary<string, bool?>> Aliases);

[JsonSerializable(typeof(Commit))]
[JsonSerializable(typeof(IndexDescription))]
[JsonSerializable(typeof(AliasBook))]
internal sealed partial class StoreJson : JsonSerializerContext;
