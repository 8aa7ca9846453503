using System.Text.Json;
using Npgsql;
using Streaming.Avro.Binary;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Audit;

/// <summary>The audit rows that a batch adds, in a buffer that is used again for later batches.</summary>
internal sealed class AuditRows : IDisposable
{
    private readonly CopyBuffer _rows = new();
    private readonly Utf8JsonWriter _json;

    public AuditRows() => _json = new Utf8JsonWriter(_rows, PayloadJson.Options);

    public void Begin() => _rows.Begin();

    /// <exception cref="PoisonEventException">The event holds what PostgreSQL cannot store.</exception>
    public void Add(RecordedEvent recorded, DateTimeOffset occurredAt, int epoch)
    {
        try
        {
            AuditTable.Append(_rows, _json, recorded, occurredAt, epoch);
        }
        catch (Exception cause) when (cause is UnstorableTextException or MalformedAvroException)
        {
            throw new PoisonEventException(recorded.Offset, cause.Message, cause);
        }
    }

    public Task SendAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) =>
        _rows.RowCount == 0 ? Task.CompletedTask : _rows.SendAsync(connection, AuditTable.Copy(schema), cancellationToken);

    public void Dispose() => _json.Dispose();
}
