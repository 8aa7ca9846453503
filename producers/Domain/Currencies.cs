using System.Collections.Frozen;
using Streaming.Contracts;

namespace Streaming.Domain;

/// <summary>The active currencies of ISO 4217 (list one, as of January 2026), with the decimals that amounts of them have.</summary>
/// <remarks>Left out are those without a minor unit (metals, drawing rights, codes for tests): nobody has an account in them.</remarks>
public static class Currencies
{
    private static readonly FrozenDictionary<string, int> _minorUnits = Table(
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU "
            + "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
            + "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR "
            + "NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP "
            + "TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"));

    /// <summary>All codes, in no particular order.</summary>
    public static IReadOnlyList<string> Codes => _minorUnits.Keys;

    /// <summary>How many decimals an amount may have, 0 to 4; null for what is no active code.</summary>
    public static int? MinorUnits(Currency currency) =>
        currency.Value is { } code && _minorUnits.TryGetValue(code, out var units) ? units : null;

    private static FrozenDictionary<string, int> Table(params (int Units, string Codes)[] rows) => rows
        .SelectMany(row => row.Codes.Split(' '), (row, code) => (code, row.Units))
        .ToFrozenDictionary(pair => pair.code, pair => pair.Units);
}
