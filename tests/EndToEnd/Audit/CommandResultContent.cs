using Streaming.Contracts.Commands;

namespace Streaming.EndToEnd.Tests.Audit;

/// <summary>Two results are the same when every field is, the hash byte by byte.</summary>
internal sealed class CommandResultContent : IEqualityComparer<CommandResult>
{
    public static readonly CommandResultContent Comparer = new();

    public bool Equals(CommandResult? left, CommandResult? right) => left is not null && right is not null && Text(left) == Text(right);

    public int GetHashCode(CommandResult result) => Text(result).GetHashCode(StringComparison.Ordinal);

    private static string Text(CommandResult result) =>
        $"{result.CommandId}|{result.AggregateId}|{Convert.ToHexString(result.CommandHash.Span)}|{result.Version}|" + result switch
        {
            CommandAccepted accepted => $"{accepted.EventCount}",
            CommandRefused refused => $"{refused.Code}|{refused.Reason}",
            _ => throw new InvalidOperationException($"The audit does not know {result.GetType().Name}."),
        };
}
