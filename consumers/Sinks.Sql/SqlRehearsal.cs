using Streaming.Sinks.DryRuns;
using Streaming.Sinks.Events;
using Streaming.Sinks.Sql.Audit;
using Streaming.Sinks.Sql.Projecting;

namespace Streaming.Sinks.Sql;

/// <summary>What a SQL sink can do without its database: projections over rows in memory, and the rows as they would be sent.</summary>
/// <remarks>In memory is one row per aggregate and table.</remarks>
internal sealed class SqlRehearsal(IReadOnlyList<BoundProjection> projections, bool isAudited) : IRehearsal, IDisposable
{
    private readonly ProjectionRehearsal[] _tables = [.. projections.Select(projection => projection.CreateRehearsal())];
    private readonly AuditRows _audit = new();

    public string Scope => "Each was projected into its tables' rows in memory, from the first on, and the rows were put into the form in which PostgreSQL takes them. "
        + "The database was neither read nor written: its own constraints were not tried, nor what is in it.";

    public Task TryAsync(RecordedEvent recorded, SinkMode mode, CancellationToken cancellationToken)
    {
        var occurredAt = BusinessTime.Of(recorded);
        foreach (var table in _tables)
            table.Try(recorded, occurredAt);
        if (isAudited)
        {
            _audit.Begin();
            _audit.Add(recorded, occurredAt, epoch: 1);
        }

        return Task.CompletedTask;
    }

    public void Dispose() => _audit.Dispose();
}
