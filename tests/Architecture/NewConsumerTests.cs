namespace Streaming.Architecture.Tests;

/// <summary><c>make consumer</c>, on a copy of the tree: what it writes is whole, builds, its test passes, and docs/adding-a-consumer.md tells the same.</summary>
public sealed class NewConsumerTests : IDisposable
{
    private readonly TreeCopy _copy = new("schemas", "consumers", "producers/Domain", "infra/templates", "infra/scripts");

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("OrderStatus")]
    [InlineData("sql-sink")]
    [InlineData("sinks")]
    [InlineData("system")]
    public async Task What_is_no_name_or_is_taken_is_refused_and_nothing_is_written(string name)
    {
        var before = _copy.Files();
        var (code, said) = await _copy.RunAsync("infra/scripts/consumer.sh", name);
        code.ShouldBe(1, said);
        said.ShouldContain($"NAME is '{name}'");
        _copy.Files().ShouldBe(before);
    }

    [Fact]
    public async Task A_consumer_is_written_as_its_page_tells_without_a_placeholder_left()
    {
        var before = _copy.Files();
        var (code, said) = await _copy.RunAsync("infra/scripts/consumer.sh", "order-status");
        code.ShouldBe(0, said);
        foreach (var file in _copy.Files().Except(before))
        {
            said.ShouldContain(file);
            File.ReadAllText(_copy.At(file)).ShouldNotContain("__", customMessage: file);
        }

        // What the page shows is what was written.
        var page = await File.ReadAllTextAsync(Path.Combine(SourceTree.Read().Root, "docs", "adding-a-consumer.md"));
        var shown = page.Split("```csharp")[1].Split("```")[0].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var written = File.ReadAllLines(_copy.At("consumers/OrderStatus/OrderTable.cs")).Select(line => line.Trim()).ToList();
        shown.ShouldAllBe(line => written.Contains(line));
        written.Count(line => line.Length > 1 && !line.StartsWith("using ") && !line.StartsWith("///")).ShouldBeLessThanOrEqualTo(30);
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task A_consumer_builds_and_passes_its_test()
    {
        (await _copy.RunAsync("infra/scripts/consumer.sh", "order-status")).Code.ShouldBe(0);
        await _copy.BuildAsync("tests/OrderStatus.Tests");
        var (code, said) = await _copy.RunAsync("dotnet", "artifacts/bin/Streaming.OrderStatus.Tests/release/Streaming.OrderStatus.Tests.dll", "-noColor");
        code.ShouldBe(0, said);
        said.ShouldContain("Total: 2,");
    }

    public void Dispose() => _copy.Dispose();
}
