namespace Streaming.Sinks.Sql.Generations;

/// <summary>The 64-bit hash of a row, as an expression that PostgreSQL (14 and later) computes. Rows that would be told apart as text are told apart by it.</summary>
/// <remarks>
/// A type's own hash is equal for values that are equal to the type, and that is too much: 1.0 and 1.00 are, and a month and 30 days; and of eight bytes it
/// takes four. So only types whose hash takes all of a value are hashed by it, and the others as the bytes in which they are sent to clients. PostgreSQL
/// joins the columns' hashes by a polynomial, of which the sum over rows would be the same after two rows had exchanged a value: so the row's hash
/// goes through another one, as its seed, which is taken as a whole.
/// </remarks>
internal static class RowHash
{
    private const string AsText = "::text COLLATE \"C\"";

    /// <param name="columns">Quoted name, and type as <c>format_type</c> names it; null: it has another type elsewhere, and its text counts.</param>
    public static string Of(IReadOnlyList<(string Name, string? Type)> columns)
    {
        var sent = columns.Where(column => FormOf(column.Type) == Form.Sent).Select(column => column.Name).ToList();
        var parts = columns.Select(column => FormOf(column.Type) switch
        {
            Form.Own => column.Name,
            Form.Text => column.Name + AsText,
            _ => null,
        }).OfType<string>().Concat(sent.Count == 0 ? [] : [$"record_send(ROW({string.Join(", ", sent)}))"]);
        return $"hashint4extended(0, hash_record_extended(ROW({string.Join(", ", parts)}), 0))";
    }

    private static Form FormOf(string? type) => type switch
    {
        null or "text" or "json" => Form.Text,
        "integer" or "smallint" or "boolean" or "uuid" or "bytea" => Form.Own,
        // A collation may take different texts for equal.
        _ when type.StartsWith("character varying", StringComparison.Ordinal) => Form.Text,
        _ => Form.Sent,
    };

    private enum Form
    {
        Own, Text, Sent,
    }
}
