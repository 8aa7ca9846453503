namespace Streaming.SqlSink.Accounts;

/// <summary>An account as it stands: a row of the table <c>accounts</c>. Money is in the account's currency.</summary>
/// <param name="Balance">What is held included.</param>
/// <param name="Held">How much of the balance is set aside for orders.</param>
/// <param name="LastEntry">Number of the newest entry: what moved the balance.</param>
internal sealed record AccountRow(string Holder, string Currency, decimal Balance, decimal Held, bool IsClosed, long LastEntry);

/// <summary>What one event did to an account: a row of the table <c>account_movements</c>.</summary>
internal readonly record struct AccountMovement(
    decimal DeltaBalance,
    decimal DeltaHeld,
    decimal Balance,
    decimal Held,
    string Currency,
    long? Entry = null,
    long? ReversedEntry = null,
    string? OrderId = null,
    string? Reason = null,
    string? Reference = null,
    string? Payer = null);
