using System.Text.Json;
using Npgsql;

namespace Streaming.SqlSink.Querying;

/// <summary>Values of a result, null included.</summary>
internal static class Readers
{
    extension(NpgsqlDataReader reader)
    {
        public DateTimeOffset Moment(int column) => reader.GetFieldValue<DateTimeOffset>(column);

        public DateTimeOffset? MomentOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

        public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

        public DateOnly? DayOrNull(int column) => reader.MomentOrNull(column) is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null;

        public IReadOnlyList<T> Items<T>(int column) => JsonSerializer.Deserialize<List<T>>(reader.GetString(column), JsonSerializerOptions.Web)!;

        /// <summary>Event id, command id and caller, from the audit log; all null where it has no row.</summary>
        public EventOrigin Origin(int column) =>
            new(reader.IsDBNull(column) ? null : reader.GetGuid(column), reader.TextOrNull(column + 1), reader.TextOrNull(column + 2));
    }
}

/// <summary>Where an event comes from.</summary>
/// <param name="CausationId">The command that led to it.</param>
/// <param name="Actor">Who asked.</param>
internal sealed record EventOrigin(Guid? EventId, string? CausationId, string? Actor);
