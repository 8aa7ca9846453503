using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;

namespace Streaming.Client;

/// <summary>The aggregate decided another command under this id: nothing of the one that was asked will happen.</summary>
public sealed class CommandIdReusedException(ResultKey key, CommandResult result)
    : Exception($"The command id {key.CommandId} was used for another command of {key.AggregateId}: repeat that command, or use a new id.")
{
    public ResultKey Key { get; } = key;

    /// <summary>What became of that other command.</summary>
    public CommandResult Result { get; } = result;
}
