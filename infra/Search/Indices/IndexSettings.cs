using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Store;

namespace Streaming.Search.Indices;

/// <summary>Reads an index's settings, flat or nested, with or without <c>index.</c> before them.</summary>
internal static class IndexSettings
{
    private const int ResultWindowMax = 10_000;

    public static IndexDescription Describe(string name, DateTimeOffset now, JsonElement? settings)
    {
        var description = new IndexDescription(
            name, Guid.CreateVersion7().ToString("N"), now, RefreshInterval.Default, ReplicaCount: 1, ShardCount: 1, ResultWindowMax, default);
        foreach (var (path, value) in settings is { } given ? Flatten("", given) : [])
            description = With(description, path.StartsWith("index.", StringComparison.Ordinal) ? path["index.".Length..] : path, value);
        return description;
    }

    private static IndexDescription With(IndexDescription description, string name, string value) => name switch
    {
        "number_of_shards" => value == "1" ? description : throw SearchFailure.Unsupported($"[index.number_of_shards] of [{value}]: an index has one shard here, so 1"),
        "number_of_replicas" => description with { ReplicaCount = Whole(name, value) },
        "refresh_interval" => RefreshInterval.Parse(value) is var _ ? description with { RefreshInterval = value } : description,
        "max_result_window" => description with { ResultWindowMax = Whole(name, value) },
        "translog.durability" => value == "request" ? description : throw SearchFailure.Unsupported($"[index.translog.durability] of [{value}]: every request is synced here"),
        _ => throw SearchFailure.IllegalArgument($"unknown setting [index.{name}]: this search node does not support it"),
    };

    private static IEnumerable<(string Path, string Value)> Flatten(string path, JsonElement settings)
    {
        if (settings.ValueKind != JsonValueKind.Object)
        {
            yield return (path, settings.ToString());
            yield break;
        }

        foreach (var part in settings.EnumerateObject())
        {
            foreach (var inner in Flatten(path.Length == 0 ? part.Name : $"{path}.{part.Name}", part.Value))
                yield return inner;
        }
    }

    private static int Whole(string name, string value) => int.TryParse(value, out var number) && number >= 0
        ? number
        : throw SearchFailure.IllegalArgument($"Failed to parse value [{value}] for setting [index.{name}]");
}
