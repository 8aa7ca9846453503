using Npgsql;
using Streaming.Contracts.Topics;

namespace Streaming.SqlSink.Querying;

/// <summary>Questions to the tables of one context.</summary>
/// <typeparam name="TState">An aggregate as it stood.</typeparam>
/// <typeparam name="TEntry">One of its events.</typeparam>
internal abstract class AggregateQueries<TState, TEntry>(ReadDatabase database, ContextTopics context, string table, string key)
    where TState : class, IVersioned
    where TEntry : class, ISequenced
{
    protected ReadDatabase Database => database;

    /// <summary>A table or view of what readers see, such as <c>streaming_current.stock</c>.</summary>
    protected string Name(string tableName) => $"{database.Schema}.{tableName}";

    /// <summary>Null when the aggregate is unknown, or was at that moment.</summary>
    public abstract Task<TState?> FindAsync(string id, AsOf asOf, CancellationToken cancellationToken);

    /// <summary>Aggregates in ordinal order of their id, those behind <paramref name="after"/>.</summary>
    public abstract Task<List<TState>> ListAsync(string after, int countMax, CancellationToken cancellationToken);

    /// <summary>Its events by sequence, those behind <paramref name="after"/>.</summary>
    public abstract Task<List<TEntry>> HistoryAsync(string id, long after, int countMax, CancellationToken cancellationToken);

    /// <summary>The aggregate's version; 0 when it is unknown.</summary>
    public async Task<long> VersionAsync(string id, CancellationToken cancellationToken) =>
        (await database.ReadAsync($"SELECT version FROM {Name(table)} WHERE {key} = $1", [ReadDatabase.Text(id)], reader => reader.GetInt64(0), cancellationToken)).SingleOrDefault();

    /// <summary>When it was decided to purge the aggregate; null when it was not.</summary>
    public async Task<DateTimeOffset?> ErasedAtAsync(string id, CancellationToken cancellationToken) =>
        (await database.ReadAsync(
            $"SELECT erased_at FROM {Name("erasures")} WHERE topic = $1 AND aggregate_id = $2",
            [ReadDatabase.Text(database.TopicOf(context)), ReadDatabase.Text(id)], reader => reader.MomentOrNull(0), cancellationToken)).SingleOrDefault();

    protected async Task<TState?> FindOneAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
        (await database.ReadAsync(sql, parameters, ReadState, cancellationToken)).SingleOrDefault();

    /// <summary>The newest row of a history of whole versions that was there at a moment.</summary>
    protected Task<TState?> FindVersionAsync(string history, string columns, string id, AsOf asOf, CancellationToken cancellationToken)
    {
        var (condition, value) = asOf switch
        {
            // The state that the latest known event by then led to: where events are recorded late, the order of recording decides among these.
            AsOf.Occurred at => ("occurred_at <= $2", ReadDatabase.Time(at.At)),
            AsOf.Recorded at => ("recorded_at <= $2", ReadDatabase.Time(at.At)),
            AsOf.Sequence at => ("sequence = $2", ReadDatabase.Number(at.Value)),
            _ => throw new ArgumentOutOfRangeException(nameof(asOf), asOf, "The table itself has what is now."),
        };
        return FindOneAsync(
            $"SELECT {columns} FROM {Name(history)} s WHERE s.{key} = $1 AND {condition} ORDER BY sequence DESC LIMIT 1", [ReadDatabase.Text(id), value], cancellationToken);
    }

    protected abstract TState ReadState(NpgsqlDataReader reader);
}

/// <summary>An answer that says which aggregate it is about, and how far its events are in it.</summary>
internal interface IVersioned
{
    string Id { get; }

    long Version { get; }
}

/// <summary>An entry that says which event it is.</summary>
internal interface ISequenced
{
    long Sequence { get; }
}
