namespace Streaming.Architecture.Tests;

/// <summary><c>make context</c>, on a copy of the tree: what it writes is whole, builds, and its tests pass.</summary>
public sealed class NewContextTests : IDisposable
{
    private readonly TreeCopy _copy = new(
        "schemas", "producers", "infra/templates", "infra/scripts", "tests/Domain.Tests",
        // What its tests over HTTP take to run: a broker, and what the tests of the host share.
        "infra/Broker", "infra/Registry", "infra/Search", "infra/Local", "tests/Fixtures", "tests/CommandHost.Tests", "tests/Commands.Tests", "tests/Client.Tests");

    [Theory]
    [InlineData("", "")]
    [InlineData("9lives", "")]
    [InlineData("Shipping", "")]
    [InlineData("gift-cards", "")]
    [InlineData("inventory", "")]
    [InlineData("http", "")]
    [InlineData("system", "")]
    [InlineData("shipping", "shipping")]
    [InlineData("shipping", "Shipment")]
    [InlineData("shipping", "order")]
    public async Task What_is_no_name_or_is_taken_is_refused_and_nothing_is_written(string name, string aggregate)
    {
        var before = _copy.Files();
        var (code, said) = await _copy.RunAsync("infra/scripts/context.sh", name, aggregate);
        code.ShouldBe(1, said);
        said.ShouldContain(aggregate.Length > 0 ? $"AGGREGATE is {(aggregate == name ? "the context's own name" : $"'{aggregate}'")}" : $"NAME is '{name}'");
        _copy.Files().ShouldBe(before);
    }

    [Fact]
    public async Task A_context_is_written_once_without_a_placeholder_left()
    {
        var before = _copy.Files();
        var (code, said) = await _copy.RunAsync("infra/scripts/context.sh", "vouchers", "gift-card");
        code.ShouldBe(0, said);
        var written = _copy.Files().Except(before).ToList();
        written.Count.ShouldBe(Directory.EnumerateFiles(_copy.At("infra/templates/context"), "*", SearchOption.AllDirectories).Count());
        foreach (var file in written)
        {
            said.ShouldContain(file);
            file.ShouldNotContain("__");
            File.ReadAllText(_copy.At(file)).ShouldNotContain("__", customMessage: file);
        }

        (await _copy.RunAsync("infra/scripts/context.sh", "vouchers", "gift-card")).Code.ShouldBe(1);
    }

    [Fact]
    [Trait("Run", "soak")]
    public async Task A_context_builds_into_the_host_and_its_tests_pass()
    {
        (await _copy.RunAsync("infra/scripts/context.sh", "shipping", "shipment")).Code.ShouldBe(0);
        await _copy.BuildAsync("tests/Domain.Tests", "tests/CommandHost.Tests");
        foreach (var tests in new[] { "Domain.Tests", "CommandHost.Tests" })
        {
            var (code, said) = await _copy.RunAsync(
                "dotnet", $"artifacts/bin/Streaming.{tests}/release/Streaming.{tests}.dll", "-noColor", "-namespace", $"Streaming.{tests}.Shipping");
            code.ShouldBe(0, said);
            said.ShouldNotContain("Total: 0,");
        }
    }

    public void Dispose() => _copy.Dispose();
}
