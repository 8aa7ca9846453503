using System.Text;

namespace Streaming.Commands.Duplicates;

/// <summary>Which command: the aggregate that it is for, and its id there; both in UTF-8.</summary>
/// <remarks>Kept apart, because texts that join to the same may be of different commands.</remarks>
internal readonly ref struct CommandKey(ReadOnlySpan<byte> aggregateId, ReadOnlySpan<byte> commandId)
{
    public CommandKey(string aggregateId, string commandId)
        : this(Encoding.UTF8.GetBytes(aggregateId), Encoding.UTF8.GetBytes(commandId))
    {
    }

    public ReadOnlySpan<byte> AggregateId { get; } = aggregateId;

    public ReadOnlySpan<byte> CommandId { get; } = commandId;

    /// <summary>Another one in each process: nobody can choose ids that meet.</summary>
    public int Hash()
    {
        var hash = new HashCode();
        hash.AddBytes(AggregateId);
        hash.AddBytes(CommandId);
        return hash.ToHashCode();
    }

    public bool Is(CommandKey other) => AggregateId.SequenceEqual(other.AggregateId) && CommandId.SequenceEqual(other.CommandId);
}
