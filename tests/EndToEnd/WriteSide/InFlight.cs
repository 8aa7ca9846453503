using Streaming.Fixtures;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>Catches a host in the middle of a transaction, from outside: it is stopped, and goes on where nothing of its is open.</summary>
internal static class InFlight
{
    private const int AttemptsMax = 2_000;

    /// <summary>Returns with the host stopped and records of its open.</summary>
    /// <param name="isIts">Which records are the host's.</param>
    public static async Task<IReadOnlyList<OpenRecord>> PauseWithinTransactionAsync(
        this HostProcess host, OpenTransactions transactions, Callers callers, Func<OpenRecord, bool>? isIts = null)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            host.Pause();
            IReadOnlyList<OpenRecord> open = [.. (await transactions.LookAsync()).Where(isIts ?? (_ => true))];
            if (open.Count > 0)
                return open;
            host.Resume();
            await callers.MoreAsync(1);
        }

        throw new TimeoutException($"{host.Name} was not caught within a transaction in {AttemptsMax} attempts.\n{host.Output}");
    }

    /// <summary>Returns with the host killed; records of its stay open until somebody ends its transactions.</summary>
    public static async Task<IReadOnlyList<OpenRecord>> KillWithinTransactionAsync(
        this HostProcess host, OpenTransactions transactions, Callers callers, Func<OpenRecord, bool>? isIts = null)
    {
        await host.PauseWithinTransactionAsync(transactions, callers, isIts);
        await host.KillAsync();
        // What was decided in the very last moment is none of them.
        return [.. (await transactions.LookAsync()).Where(isIts ?? (_ => true))];
    }
}
