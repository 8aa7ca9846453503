using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Sinks.Sql.Database;

namespace Streaming.SqlSink.Querying;

/// <summary>The tables as readers see them: those of the generation that is shown, by names that say where they lie.</summary>
internal sealed class ReadDatabase(NpgsqlDataSource database, IOptions<DatabaseOptions> options, IOptions<TopicsOptions> topics)
{
    public string Schema { get; } = options.Value.ReadSchema;

    /// <summary>A context's events topic in this installation.</summary>
    public string TopicOf(ContextTopics context) => context.WithPrefix(topics.Value.Prefix).Events.Name;

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

    public async Task<List<T>> ReadAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    public static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Number(long value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    public static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
