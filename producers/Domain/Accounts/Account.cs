using Streaming.Contracts;

namespace Streaming.Domain.Accounts;

/// <summary>What accounts need to know of one account to decide about it.</summary>
/// <remarks>Always 0 ≤ <see cref="Held"/> ≤ <see cref="Balance"/>, and <see cref="Held"/> is the sum of <see cref="Holds"/>.</remarks>
/// <param name="Holder">Whose it is; null while nobody has opened it.</param>
/// <param name="Balance">The account's money, what is held included.</param>
/// <param name="Held">How much of <paramref name="Balance"/> is set aside for orders.</param>
/// <param name="Holds">Which order has how much of the held money.</param>
/// <param name="Entries">The movements of money, as far as they can still be reversed.</param>
public sealed record Account(string? Holder, Money Balance, Money Held, Holds Holds, Entries Entries)
{
    /// <summary>An account that nobody has opened.</summary>
    public static readonly Account Unknown = new(Holder: null, Balance: default, Held: default, Holds.None, Entries.None);

    public bool IsOpened => Holder is not null;

    /// <summary>Nothing happens to the account any more: it was closed.</summary>
    public bool IsClosed { get; init; }

    public Currency Currency => Balance.Currency;

    /// <summary>Money that may still be taken or held.</summary>
    public Money Available => Balance - Held;
}
