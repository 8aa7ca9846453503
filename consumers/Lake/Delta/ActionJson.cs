using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streaming.Lake.Delta;

/// <summary>Actions as lines of JSON.</summary>
internal static class ActionJson
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IEnumerable<DeltaAction> actions)
    {
        using var stream = new MemoryStream();
        foreach (var action in actions)
        {
            using (var json = new Utf8JsonWriter(stream, _options))
                Write(json, action);
            stream.WriteByte((byte)'\n');
        }
        return stream.ToArray();
    }

    /// <summary>The actions of one version. What this reader has no use for is passed over.</summary>
    /// <exception cref="MalformedTableException">A line is no action.</exception>
    public static List<DeltaAction> Read(ReadOnlyMemory<byte> lines)
    {
        var actions = new List<DeltaAction>();
        while (!lines.IsEmpty)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (!line.Span.ContainsAnyExcept(" \r\t"u8))
                continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                if (Read(document.RootElement) is { } action)
                    actions.Add(action);
            }
            catch (Exception cause) when (cause is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                throw new MalformedTableException($"A line of the log is no action: {cause.Message}", cause);
            }
        }
        return actions;
    }

    private static void Write(Utf8JsonWriter json, DeltaAction action)
    {
        json.WriteStartObject();
        json.WriteStartObject(NameOf(action));
        switch (action)
        {
            case Protocol protocol:
                json.WriteNumber("minReaderVersion", protocol.MinReaderVersion);
                json.WriteNumber("minWriterVersion", protocol.MinWriterVersion);
                break;
            case TableMetadata metadata: WriteMetadata(json, metadata); break;
            case AddFile add: WriteAdd(json, add); break;
            case RemoveFile remove: WriteRemove(json, remove); break;
            case AppTransaction transaction:
                json.WriteString("appId", transaction.AppId);
                json.WriteNumber("version", transaction.Version);
                if (transaction.LastUpdatedMs is { } updated)
                    json.WriteNumber("lastUpdated", updated);
                break;
            case CommitInfo info:
                json.WriteNumber("timestamp", info.TimestampMs);
                json.WriteString("operation", info.Operation);
                json.WriteStartObject("operationParameters");
                json.WriteEndObject();
                json.WriteString("engineInfo", "streaming-lake");
                json.WriteString("txnId", info.Id);
                break;
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string NameOf(DeltaAction action) => action switch
    {
        Protocol => "protocol",
        TableMetadata => "metaData",
        AddFile => "add",
        RemoveFile => "remove",
        AppTransaction => "txn",
        CommitInfo => "commitInfo",
        _ => throw new System.Diagnostics.UnreachableException($"No name for {action.GetType().Name}; add it above."),
    };

    private static void WriteMetadata(Utf8JsonWriter json, TableMetadata metadata)
    {
        json.WriteString("id", metadata.Id);
        if (metadata.Name is not null)
            json.WriteString("name", metadata.Name);
        if (metadata.Description is not null)
            json.WriteString("description", metadata.Description);
        json.WriteStartObject("format");
        json.WriteString("provider", "parquet");
        json.WriteStartObject("options");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("schemaString", DeltaSchemaJson.Write(metadata.Schema));
        json.WriteStartArray("partitionColumns");
        foreach (var column in metadata.PartitionColumns)
            json.WriteStringValue(column);
        json.WriteEndArray();
        json.WriteStartObject("configuration");
        foreach (var (name, value) in metadata.Configuration)
            json.WriteString(name, value);
        json.WriteEndObject();
        if (metadata.CreatedAtMs is { } created)
            json.WriteNumber("createdTime", created);
    }

    private static void WriteAdd(Utf8JsonWriter json, AddFile add)
    {
        json.WriteString("path", add.Path);
        WriteValues(json, add.PartitionValues);
        json.WriteNumber("size", add.SizeBytes);
        json.WriteNumber("modificationTime", add.ModifiedAtMs);
        json.WriteBoolean("dataChange", add.DataChange);
        if (add.Stats is not null)
            json.WriteString("stats", add.Stats);
    }

    private static void WriteRemove(Utf8JsonWriter json, RemoveFile remove)
    {
        json.WriteString("path", remove.Path);
        json.WriteNumber("deletionTimestamp", remove.DeletedAtMs);
        json.WriteBoolean("dataChange", remove.DataChange);
        if (remove is not { PartitionValues: { } values, SizeBytes: { } size })
            return;
        json.WriteBoolean("extendedFileMetadata", value: true);
        WriteValues(json, values);
        json.WriteNumber("size", size);
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyDictionary<string, string?> values)
    {
        json.WriteStartObject("partitionValues");
        foreach (var (name, value) in values)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static DeltaAction? Read(JsonElement line)
    {
        foreach (var member in line.EnumerateObject())
        {
            var json = member.Value;
            if (json.ValueKind != JsonValueKind.Object)
                continue;
            switch (member.Name)
            {
                case "protocol": return ReadProtocol(json);
                case "metaData": return ReadMetadata(json);
                case "add": return ReadAdd(json);
                case "remove": return ReadRemove(json);
                case "txn": return new AppTransaction(json.GetProperty("appId").GetString()!, json.GetProperty("version").GetInt64(), Number(json, "lastUpdated"));
            }
        }
        return null;
    }

    private static Protocol ReadProtocol(JsonElement json) => new(
        json.GetProperty("minReaderVersion").GetInt32(), json.GetProperty("minWriterVersion").GetInt32(),
        json.TryGetProperty("readerFeatures", out var features) && features.ValueKind == JsonValueKind.Array ? [.. features.EnumerateArray().Select(feature => feature.GetString()!)] : null);

    private static TableMetadata ReadMetadata(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        DeltaSchemaJson.Parse(json.GetProperty("schemaString").GetString()!),
        [.. json.GetProperty("partitionColumns").EnumerateArray().Select(column => column.GetString()!)],
        json.TryGetProperty("configuration", out var settings) && settings.ValueKind == JsonValueKind.Object
            ? settings.EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.ToString())
            : [],
        Number(json, "createdTime"), Text(json, "name"), Text(json, "description"));

    private static AddFile ReadAdd(JsonElement json)
    {
        if (json.TryGetProperty("deletionVector", out var vector) && vector.ValueKind == JsonValueKind.Object)
            throw new UnsupportedTableException($"{json.GetProperty("path")} has a deletion vector; such tables are not read here.");
        return new(
            json.GetProperty("path").GetString()!, Values(json) ?? new Dictionary<string, string?>(), json.GetProperty("size").GetInt64(),
            Number(json, "modificationTime") ?? 0, json.GetProperty("dataChange").GetBoolean(), Text(json, "stats"));
    }

    private static RemoveFile ReadRemove(JsonElement json) => new(
        json.GetProperty("path").GetString()!, Number(json, "deletionTimestamp") ?? 0, json.GetProperty("dataChange").GetBoolean(), Values(json), Number(json, "size"));

    private static Dictionary<string, string?>? Values(JsonElement json) =>
        json.TryGetProperty("partitionValues", out var values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString())
            : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
