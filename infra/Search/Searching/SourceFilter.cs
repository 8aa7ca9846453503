using System.Text.Json;
using Streaming.Search.Failures;

namespace Streaming.Search.Searching;

/// <summary>Which parts of a document's source are asked for: everything, nothing, or some by name, with <c>*</c>.</summary>
internal sealed record SourceFilter(bool IsWanted, IReadOnlyList<string> Includes, IReadOnlyList<string> Excludes)
{
    public static SourceFilter All { get; } = new(true, [], []);
    public static SourceFilter None { get; } = new(false, [], []);

    public bool IsAll => IsWanted && Includes.Count == 0 && Excludes.Count == 0;

    public static SourceFilter Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => All,
        JsonValueKind.False => None,
        JsonValueKind.String or JsonValueKind.Array => All with { Includes = Names(value) },
        JsonValueKind.Object => ReadObject(value),
        _ => throw SearchFailure.Parsing("Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] for [_source]"),
    };

    public void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> source)
    {
        if (IsAll)
        {
            json.WriteRawValue(source.Span, skipInputValidation: true);
            return;
        }

        using var document = JsonDocument.Parse(source);
        WriteObject(json, document.RootElement, "", isIncluded: Includes.Count == 0);
    }

    private void WriteObject(Utf8JsonWriter json, JsonElement value, string path, bool isIncluded)
    {
        json.WriteStartObject();
        foreach (var part in value.EnumerateObject())
        {
            var name = path.Length == 0 ? part.Name : $"{path}.{part.Name}";
            var isWanted = isIncluded || Includes.Any(pattern => Matches(pattern, name));
            if (Excludes.Any(pattern => Matches(pattern, name)) || !(isWanted || (HasObjects(part.Value) && Includes.Any(pattern => MayMatchBelow(pattern, name)))))
                continue;
            json.WritePropertyName(part.Name);
            WriteValue(json, part.Value, name, isWanted);
        }

        json.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter json, JsonElement value, string path, bool isIncluded)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(json, value, path, isIncluded);
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteValue(json, item, path, isIncluded);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static SourceFilter ReadObject(JsonElement value)
    {
        var filter = All;
        foreach (var part in value.EnumerateObject())
        {
            filter = part.Name switch
            {
                "includes" or "include" => filter with { Includes = Names(part.Value) },
                "excludes" or "exclude" => filter with { Excludes = Names(part.Value) },
                _ => throw SearchFailure.Parsing($"Unknown key for a [_source]: [{part.Name}]"),
            };
        }

        return filter;
    }

    private static List<string> Names(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(name => name.ToString())] : [value.ToString()];

    private static bool HasObjects(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(HasObjects));

    private static bool MayMatchBelow(string pattern, string path) =>
        pattern.StartsWith(path + ".", StringComparison.Ordinal) || (pattern.Contains('*') && (pattern[0] == '*' || path.StartsWith(pattern.Split('.')[0].Split('*')[0], StringComparison.Ordinal)));

    /// <summary><c>*</c> stands for anything, dots included. A name stands for all below it, too.</summary>
    private static bool Matches(string pattern, string path)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return path == pattern || path.StartsWith(pattern + ".", StringComparison.Ordinal);
        if (!path.StartsWith(pattern[..star], StringComparison.Ordinal))
            return false;
        var rest = pattern[(star + 1)..];
        if (rest.Length == 0)
            return true;
        for (var at = star; at <= path.Length; at++)
        {
            if (Matches(rest, path[at..]))
                return true;
        }

        return false;
    }
}
