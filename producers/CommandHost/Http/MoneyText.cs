using System.Globalization;
using Streaming.Contracts;
using Streaming.Domain;

namespace Streaming.CommandHost.Http;

/// <summary>Amounts in answers: text, because a JSON number becomes floating point in most hands.</summary>
internal static class MoneyText
{
    /// <summary>Such as <c>12.50</c>, with as many decimals as the currency has.</summary>
    public static string Of(decimal amount, Currency currency) =>
        amount.ToString($"F{Currencies.MinorUnits(currency) ?? ExactAmount.ScaleMax}", CultureInfo.InvariantCulture);

    public static string Of(Money money) => Of(money.Amount, money.Currency);
}
