using Npgsql;
using Streaming.Sinks.Positions;

namespace Streaming.Sinks.Sql.Positions;

/// <summary>The table <c>resets</c>: each time the sink was sent elsewhere in a partition.</summary>
/// <param name="schema">Where it lies.</param>
internal sealed class ResetTable(string schema)
{
    /// <param name="epoch">The epoch that begins with it.</param>
    public async Task AddAsync(NpgsqlConnection connection, Reset reset, int epoch, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {schema}.resets (topic, partition, from_offset, to_offset, epoch, applied_at) VALUES ($1, $2, $3, $4, $5, now())", connection)
        {
            Parameters =
            {
                new() { Value = reset.Source.Topic }, new() { Value = reset.Source.Partition },
                new() { Value = reset.FromOffset }, new() { Value = reset.ToOffset }, new() { Value = epoch },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
