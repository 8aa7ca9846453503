namespace Streaming.LogChecker;

/// <summary>The deltas of an aggregate add up to the balances that its events carry, and never to what must not be.</summary>
public static class BalanceCheck
{
    /// <summary>What an event adds to the two balances of its context: on hand and reserved, or balance and held.</summary>
    private static readonly Dictionary<string, Func<Fields, (decimal Whole, decimal Part)>> Deltas = new()
    {
        ["inventory.ProductRegistered"] = _ => (0, 0),
        ["inventory.ProductDiscontinued"] = _ => (0, 0),
        ["inventory.StockReceived"] = e => (e.Number("quantity"), 0),
        ["inventory.StockSold"] = e => (-e.Number("quantity"), 0),
        ["inventory.StockAdjusted"] = e => (e.Number("quantity"), 0),
        ["inventory.StockFound"] = e => (e.Number("quantity"), 0),
        ["inventory.StockLost"] = e => (-e.Number("quantity"), 0),
        ["inventory.StockReserved"] = e => (0, e.Number("quantity")),
        ["inventory.StockReleased"] = e => (0, -e.Number("quantity")),
        ["inventory.StockShipped"] = e => (-e.Number("quantity"), -e.Number("quantity")),
        ["accounts.AccountOpened"] = e => (e.Number("openingBalance"), 0),
        ["accounts.MoneyDeposited"] = e => (e.Number("amount"), 0),
        ["accounts.MoneyWithdrawn"] = e => (-e.Number("amount"), 0),
        ["accounts.FundsHeld"] = e => (0, e.Number("amount")),
        ["accounts.FundsReleased"] = e => (0, -e.Number("amount")),
        ["accounts.FundsCaptured"] = e => (-e.Number("amount"), -e.Number("amount")),
        ["accounts.EntryReversed"] = e => (e.Number("amount"), 0),
        ["accounts.AccountClosed"] = _ => (0, 0),
    };

    private static readonly Dictionary<string, (string Whole, string Part)> Balances = new()
    {
        ["inventory"] = ("onHand", "reserved"),
        ["accounts"] = ("balance", "held"),
    };

    public static IEnumerable<string> Violations(CommittedLog log)
    {
        foreach (var aggregate in log.Events.Where(logged => Balances.ContainsKey(logged.Context)).GroupBy(logged => (logged.Context, logged.AggregateId)))
        {
            var (wholeName, partName) = Balances[aggregate.Key.Context];
            var (whole, part) = (0m, 0m);
            foreach (var logged in aggregate.OrderBy(logged => logged.Sequence))
            {
                if (!Deltas.TryGetValue($"{logged.Context}.{logged.Name}", out var delta))
                {
                    yield return $"{logged} is {logged.Type}, which this check does not know.";
                    continue;
                }

                var (moved, set) = delta(logged.Fields);
                (whole, part) = (whole + moved, part + set);
                var carried = (logged.Fields.Number(wholeName), logged.Fields.Number(partName));
                if (carried != (whole, part))
                    yield return $"{logged} carries {carried}, its deltas add up to {(whole, part)}.";
                if (part < 0 || part > whole)
                    yield return $"{logged}: {part} {partName} of {whole} {wholeName}.";
                (whole, part) = carried;    // One wrong event is reported once, not with everything after it.
            }
        }
    }
}
