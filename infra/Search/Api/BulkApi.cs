using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;

namespace Streaming.Search.Api;

/// <summary><c>_bulk</c>: many writes, each with an answer of its own; one that fails does not keep the others from being done.</summary>
internal sealed class BulkApi(Catalogue catalogue)
{
    // After so many bytes of documents it is looked whether memory is used up.
    private const int PartBytes = 4 << 20;

    private static readonly JsonEncodedText s_index = JsonEncodedText.Encode("_index");
    private static readonly JsonEncodedText s_id = JsonEncodedText.Encode("_id");
    private static readonly JsonEncodedText s_version = JsonEncodedText.Encode("_version");
    private static readonly JsonEncodedText s_result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText s_sequence = JsonEncodedText.Encode("_seq_no");
    private static readonly JsonEncodedText s_term = JsonEncodedText.Encode("_primary_term");
    private static readonly JsonEncodedText s_status = JsonEncodedText.Encode("status");

    public async Task RunAsync(ApiRequest request, ApiAnswer answer)
    {
        request.Allow("refresh", "wait_for_active_shards", "filter_path");
        var isRefresh = RefreshPolicy.Read(request);
        var fields = BulkFilter.Read(request);
        var started = Stopwatch.GetTimestamp();
        var actions = new BulkActions(request.Path.Count > 1 ? request.Path[0] : null).Read(request.Body.Span);
        var run = new Run(request.Body, actions, await TargetsAsync(actions), answer.Json, fields);
        answer.Json.WriteStartObject();
        if (run.WritesItems)
            answer.Json.WriteStartArray("items");
        while (run.HasMore)
        {
            foreach (var target in run.Targets)
                await target.Upkeep.MakeRoomAsync();
            run.Continue();
        }

        if (run.WritesItems)
            answer.Json.WriteEndArray();
        foreach (var (index, position) in run.Positions)
            await RefreshPolicy.CompleteAsync(index, position, isRefresh);
        if (fields.HasFlag(BulkFields.Took))
            answer.Json.WriteNumber("took", (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        if (fields.HasFlag(BulkFields.Errors))
            answer.Json.WriteBoolean("errors", run.HasErrors);
        answer.Json.WriteEndObject();
    }

    /// <summary>The index of each name, or why there is none.</summary>
    private async Task<Dictionary<string, (SearchIndex? Index, SearchFailure? Failure)>> TargetsAsync(List<BulkAction> actions)
    {
        var targets = new Dictionary<string, (SearchIndex?, SearchFailure?)>();
        foreach (var name in actions.Select(action => action.Index).Distinct())
        {
            try
            {
                targets[name] = (await catalogue.ForWritingAsync(name), null);
            }
            catch (SearchFailure failure)
            {
                targets[name] = (null, failure);
            }
        }

        return targets;
    }

    private sealed class Run(
        ReadOnlyMemory<byte> body, List<BulkAction> actions, Dictionary<string, (SearchIndex? Index, SearchFailure? Failure)> targets, Utf8JsonWriter json,
        BulkFields fields)
    {
        private int _next;

        public bool HasMore => _next < actions.Count;

        public bool HasErrors { get; private set; }

        public bool WritesItems { get; } = (fields & (BulkFields.OfWritten | BulkFields.Error)) != BulkFields.None;

        public IEnumerable<SearchIndex> Targets => targets.Values.Select(target => target.Index).OfType<SearchIndex>();

        public Dictionary<SearchIndex, long> Positions { get; } = [];

        public void Continue()
        {
            for (var bytes = 0; HasMore && bytes < PartBytes; _next++)
            {
                var action = actions[_next];
                var source = body.Span[action.Source];
                bytes += source.Length;
                Do(action, source);
            }
        }

        private void Do(in BulkAction action, ReadOnlySpan<byte> source)
        {
            var id = action.Id ?? Encoding.UTF8.GetBytes(DocumentApi.NewId());
            var (index, failure) = targets[action.Index];
            try
            {
                if (index is null)
                    throw failure!;
                var result = action.Kind == BulkKind.Delete
                    ? index.Delete(id, action.Check, out var position)
                    : index.Index(id, source.TrimEnd((byte)'\r'), action.Check, out position);
                Positions[index] = position;
                Write(action.Kind, index.Name, id, result);
            }
            catch (SearchFailure refused)
            {
                HasErrors = true;
                Write(action.Kind, index?.Name ?? action.Index, id, refused);
            }
        }

        private void Write(BulkKind kind, string index, byte[] id, in WriteResult result)
        {
            // An item of which nothing is wanted is not there at all.
            if ((fields & BulkFields.OfWritten) == BulkFields.None)
                return;
            Begin(kind, index, id);
            if (fields.HasFlag(BulkFields.Version))
                json.WriteNumber(s_version, result.Version);
            if (fields.HasFlag(BulkFields.Result))
                json.WriteString(s_result, result.Result);
            if (fields.HasFlag(BulkFields.Shards))
                Shards.Write(json, 1);
            if (fields.HasFlag(BulkFields.Sequence))
                json.WriteNumber(s_sequence, result.Sequence);
            if (fields.HasFlag(BulkFields.Term))
                json.WriteNumber(s_term, VersionCheck.PrimaryTerm);
            End(result.Status);
        }

        private void Write(BulkKind kind, string index, byte[] id, SearchFailure failure)
        {
            if ((fields & BulkFields.OfRefused) == BulkFields.None)
                return;
            Begin(kind, index, id);
            if (fields.HasFlag(BulkFields.Error))
            {
                json.WriteStartObject("error");
                ApiAnswer.WriteCause(json, failure);
                json.WriteEndObject();
            }

            End(failure.Status);
        }

        private void Begin(BulkKind kind, string index, byte[] id)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind switch { BulkKind.Index => "index", BulkKind.Create => "create", _ => "delete" });
            if (fields.HasFlag(BulkFields.Index))
                json.WriteString(s_index, index);
            if (fields.HasFlag(BulkFields.Id))
                json.WriteString(s_id, id);
        }

        private void End(int status)
        {
            if (fields.HasFlag(BulkFields.Status))
                json.WriteNumber(s_status, status);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
