using System.Text.Json;
using Npgsql;
using Streaming.Avro.Binary;
using Streaming.Sinks.Events;
using Streaming.SqlSink.Audit;
using Streaming.SqlSink.Database;
using Streaming.SqlSink.Inventory;

namespace Streaming.SqlSink;

/// <summary>The rows that a batch adds, in buffers that are used again for later batches.</summary>
internal sealed class BatchRows
{
    private readonly CopyBuffer _movements = new();
    private readonly CopyBuffer _audit = new();

    /// <exception cref="PoisonEventException">An event holds what PostgreSQL cannot store.</exception>
    public async Task SendAsync(NpgsqlConnection connection, StockFold fold, int epoch, CancellationToken cancellationToken)
    {
        if (fold.New.Count == 0)
            return;
        Fill(fold, epoch);
        await _movements.SendAsync(connection, MovementTable.Copy, cancellationToken);
        await _audit.SendAsync(connection, AuditTable.Copy, cancellationToken);
    }

    private void Fill(StockFold fold, int epoch)
    {
        _movements.Begin();
        _audit.Begin();
        using var json = new Utf8JsonWriter(_audit, PayloadJson.Options);
        foreach (var (recorded, happened, movement) in fold.New)
        {
            try
            {
                MovementTable.Append(_movements, recorded, happened, movement);
                AuditTable.Append(_audit, json, recorded, happened.OccurredAt, epoch);
            }
            catch (Exception cause) when (cause is UnstorableTextException or MalformedAvroException)
            {
                throw new PoisonEventException(recorded.Offset, cause.Message, cause);
            }
        }
    }
}
