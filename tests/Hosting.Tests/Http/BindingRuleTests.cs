using Streaming.Hosting.Http;

namespace Streaming.Hosting.Tests.Http;

public sealed class BindingRuleTests
{
    private const string Key = "0123456789abcdef";

    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://127.0.0.2:0")]
    [InlineData("https://localhost:5001")]
    [InlineData("http://[::1]:5000")]
    [InlineData("http://unix:/run/streaming.sock")]
    public void Loopback_needs_no_key(string url) => BindingRule.FirstViolation([url], apiKey: null).ShouldBeNull();

    [Theory]
    [InlineData("http://*:80")]
    [InlineData("http://+:80")]
    [InlineData("http://0.0.0.0:80")]
    [InlineData("http://[::]:80")]
    [InlineData("http://192.0.2.7:80")]
    [InlineData("http://streaming.example:80")]
    [InlineData("nonsense")]
    public void Everything_else_does(string url)
    {
        BindingRule.FirstViolation(["http://127.0.0.1:0", url], apiKey: "").ShouldNotBeNull().ShouldContain("Host:ApiKey");
        BindingRule.FirstViolation([url], Key).ShouldBeNull();
    }

    [Fact]
    public void A_short_key_is_refused_even_on_loopback() =>
        BindingRule.FirstViolation(["http://127.0.0.1:0"], "short").ShouldNotBeNull().ShouldContain("5 characters");
}
