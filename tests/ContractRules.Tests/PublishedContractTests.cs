namespace Streaming.ContractRules.Tests;

/// <summary>The contracts of this clone, as <c>make schemas</c> judges them.</summary>
public sealed class PublishedContractTests
{
    [Fact]
    public void Every_version_keeps_what_was_promised() =>
        string.Join('\n', ContractCheck.Run(ContractCopy.Original).Findings).ShouldBeEmpty();

    [Fact]
    public void Every_context_has_a_field_that_came_later()
    {
        var report = ContractCheck.Run(ContractCopy.Original);
        report.IsOk.ShouldBeTrue();
        foreach (var context in report.Records.Select(line => line.Context).Distinct().Except(["commands"]))
            report.Records.ShouldContain(line => line.Context == context && line.VersionCount > 1, context);
    }

    [Fact]
    public void The_first_samples_were_encoded_by_another_implementation()
    {
        foreach (var path in new[] { "inventory/StockReceived.1", "inventory/StockSold.1", "inventory/StockAdjusted.1.lost", "inventory/ProductRegistered.1" })
            File.ReadAllText(Path.Combine(ContractCopy.Original, $"samples/{path}.json")).ShouldContain("Apache Avro");
    }
}
