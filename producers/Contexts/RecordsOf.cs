using Streaming.Avro;
using Streaming.Contracts.Commands;

namespace Streaming.Contexts;

/// <summary>The records of a context among all those of an assembly.</summary>
public static class RecordsOf
{
    /// <summary>Its commands, its events, and the results that every context has.</summary>
    public static IReadOnlyList<AvroRecordType> Context<TCommand, TEvent>(IEnumerable<AvroRecordType> all) =>
        [.. all.Where(record => Is<TCommand>(record) || Is<TEvent>(record) || Is<CommandResult>(record))];

    private static bool Is<T>(AvroRecordType record) => record.ClrType.IsSubclassOf(typeof(T));
}
