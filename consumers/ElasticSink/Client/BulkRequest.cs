using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streaming.ElasticSink.Client;

/// <summary>Lines of a bulk request, written straight into memory that is used again.</summary>
internal sealed class BulkRequest : IDisposable
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly List<BulkItem> _items = [];

    public BulkRequest() => _json = new Utf8JsonWriter(_body, _options);

    public IReadOnlyList<BulkItem> Items => _items;

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    public void Clear()
    {
        _body.ResetWrittenCount();
        _items.Clear();
    }

    public void Dispose() => _json.Dispose();

    /// <param name="offset">Of the last event that is in the document: what is dead-lettered when it is refused.</param>
    public void Index(string index, string id, long version, long offset, Action<Utf8JsonWriter> write) => Add("index", index, id, version, offset, write);

    /// <summary>What is there up to the version goes, and nothing older comes back.</summary>
    public void Delete(string index, string id, long version) => Add("delete", index, id, version, offset: -1, write: null);

    private void Add(string action, string index, string id, long version, long offset, Action<Utf8JsonWriter>? write)
    {
        var start = _body.WrittenCount;
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteStartObject(action);
        _json.WriteString("_index", index);
        _json.WriteString("_id", id);
        _json.WriteNumber("version", version);
        _json.WriteString("version_type", "external_gte");
        _json.WriteEndObject();
        _json.WriteEndObject();
        EndLine();
        if (write is not null)
        {
            _json.Reset();
            write(_json);
            EndLine();
        }

        _items.Add(new BulkItem(index, id, offset, start, _body.WrittenCount));
    }

    private void EndLine()
    {
        _json.Flush();
        _body.Write("\n"u8);
    }
}

/// <summary>One document of a bulk request, and where its lines are.</summary>
internal readonly record struct BulkItem(string Index, string Id, long Offset, int Start, int End);

/// <summary>What became of a document that was not written.</summary>
internal sealed record BulkFailure(BulkItem Item, int Status, string Type, string Reason);
