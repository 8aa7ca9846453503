using System.Globalization;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Tests.Http;

public sealed class ExactAmountTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("12.50")]
    [InlineData("0.0001")]
    [InlineData("999999999999999999999999.9999")]
    [InlineData("-999999999999999999999999.9999")]
    public void An_amount_keeps_every_digit(string text)
    {
        ExactAmount.TryParse(text, out var amount).ShouldBeTrue();
        amount.ToString(CultureInfo.InvariantCulture).ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1e3")]
    [InlineData("+1")]
    [InlineData("1,000.00")]
    [InlineData(" 1")]
    [InlineData("٣")]
    [InlineData("0.00001")]
    [InlineData("1000000000000000000000000")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    public void What_would_have_to_be_guessed_or_rounded_is_no_amount(string text) =>
        ExactAmount.TryParse(text, out _).ShouldBeFalse();
}
