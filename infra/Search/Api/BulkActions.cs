using System.Text;
using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;

namespace Streaming.Search.Api;

internal enum BulkKind
{
    Index, Create, Delete,
}

/// <summary>One line pair of a bulk request.</summary>
/// <param name="Id">Null: one is made.</param>
/// <param name="Source">Where the document stands in the body; empty for a deletion.</param>
internal readonly record struct BulkAction(BulkKind Kind, string Index, byte[]? Id, Range Source, VersionCheck Check);

/// <summary>Reads a bulk request's lines. All of them before anything is done: a malformed request changes nothing.</summary>
internal sealed class BulkActions(string? defaultIndex)
{
    private static readonly JsonReaderOptions _options = new() { MaxDepth = 8 };
    private string? _lastIndex;

    /// <exception cref="SearchFailure">A line is no action, or the last one does not end.</exception>
    public List<BulkAction> Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            throw SearchFailure.Parsing("request body is required");
        if (body[^1] != '\n')
            throw SearchFailure.IllegalArgument("The bulk request must be terminated by a newline [\\n]");
        var actions = new List<BulkAction>();
        for (var (at, line) = (0, 1); at < body.Length; line++)
        {
            var end = at + body[at..].IndexOf((byte)'\n');
            if (body[at..end].Trim(" \r\t"u8).IsEmpty)
            {
                at = end + 1;
                continue;
            }

            var action = ReadAction(body[at..end], line);
            at = end + 1;
            if (action.Kind != BulkKind.Delete)
            {
                if (at >= body.Length)
                    throw SearchFailure.IllegalArgument($"Malformed action/metadata line [{line}]: the document of the last action is missing");
                end = at + body[at..].IndexOf((byte)'\n');
                action = action with { Source = at..end };
                at = end + 1;
                line++;
            }

            actions.Add(action);
        }

        return actions;
    }

    private BulkAction ReadAction(ReadOnlySpan<byte> text, int line)
    {
        try
        {
            var json = new Utf8JsonReader(text, _options);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read() || json.TokenType != JsonTokenType.PropertyName)
                throw Malformed(line, "expected START_OBJECT");
            var kind = json.ValueTextEquals("index"u8) ? BulkKind.Index : json.ValueTextEquals("create"u8) ? BulkKind.Create
                : json.ValueTextEquals("delete"u8) ? BulkKind.Delete
                : throw Malformed(line, $"expected one of [create, delete, index] but found [{json.GetString()}]: this search node knows no other");
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                throw Malformed(line, "expected START_OBJECT behind the action");
            var action = ReadParameters(ref json, kind, line);
            return json.Read() && json.TokenType == JsonTokenType.EndObject && !json.Read() ? action : throw Malformed(line, "expected END_OBJECT");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or FormatException)
        {
            throw Malformed(line, cause.Message);
        }
    }

    private BulkAction ReadParameters(ref Utf8JsonReader json, BulkKind kind, int line)
    {
        var (index, id) = (defaultIndex, (byte[]?)null);
        var check = new VersionCheck(VersionType.Internal, null, null, null, kind == BulkKind.Create);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("_index"u8))
                index = IndexName(ref json);
            else if (json.ValueTextEquals("_id"u8))
                id = Id(ref json);
            else
                check = With(check, json.GetString()!, ref json, line);
        }

        if (index is null)
            throw SearchFailure.IllegalArgument($"Validation Failed: index is missing in line [{line}]");
        if (id is null && kind == BulkKind.Delete)
            throw SearchFailure.IllegalArgument($"Validation Failed: an id is required for the deletion in line [{line}]");
        check.Validate();
        return new BulkAction(kind, index, id, default, check);
    }

    private static VersionCheck With(VersionCheck check, string name, ref Utf8JsonReader json, int line)
    {
        json.Read();
        return name switch
        {
            "version" => check with { Version = Number(ref json) },
            "version_type" => check with { Type = VersionTypes.Parse(json.GetString()) },
            "if_seq_no" => check with { IfSequence = Number(ref json) },
            "if_primary_term" => check with { IfTerm = Number(ref json) },
            "op_type" => check with { MustCreate = check.MustCreate || json.ValueTextEquals("create"u8) },
            _ => throw SearchFailure.IllegalArgument($"Action/metadata line [{line}] contains an unknown parameter [{name}]: this search node does not support it"),
        };
    }

    // Nearly always the one of the line before.
    private string IndexName(ref Utf8JsonReader json)
    {
        json.Read();
        return _lastIndex is not null && json.ValueTextEquals(_lastIndex) ? _lastIndex : _lastIndex = json.GetString() ?? throw new FormatException("_index is null");
    }

    private static byte[]? Id(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String when json.ValueIsEscaped => Encoding.UTF8.GetBytes(json.GetString()!),
            JsonTokenType.String or JsonTokenType.Number => json.ValueSpan.ToArray(),
            _ => throw new FormatException("_id is a text"),
        };
    }

    private static long Number(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.String ? long.Parse(json.GetString()!) : json.GetInt64();

    private static SearchFailure Malformed(int line, string what) => SearchFailure.IllegalArgument($"Malformed action/metadata line [{line}], {what}");
}
